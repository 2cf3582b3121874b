/** A caller still on the line hears that a unit has set off, since its telephone can show nothing. Never after duress (rule 5). */
import { protocolOf, type SourceId } from '../core/brand.ts'
import { END_OF_TRACKING } from '../core/device-command.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Adapter, Log } from '../core/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { PipelineRooms } from '../pipeline.ts'
import type { Registry } from '../registry/registry.ts'
import { type Confirming, confirmDevices } from './confirm.ts'
import { isDuressAt } from './duress.ts'

interface Telling extends Confirming {
  openOfSource(sourceId: SourceId): Incident | undefined
}

type Parts = readonly { readonly name: string; readonly adapter: Adapter }[]

/** What the sources of an incident are told of a change. `before` undefined: after a restart, no call has outlived it. */
export async function informSources(
  after: Incident,
  before: Incident | undefined,
  incidents: Telling,
  parts: Parts,
  log: Log
): Promise<void> {
  if (after.duress && !before?.duress) hush(after, incidents, parts)
  const telling = before && hasSetOff(after, before) ? tellCallers(after, incidents, parts, log) : undefined
  const over = before && isOpen(before) && !isOpen(after) ? endTracking(after, incidents, parts, log) : undefined
  await Promise.all([confirmDevices(after, before, incidents, parts, log), telling, over])
}

/**
 * A press asks for a position every few seconds, an operator may have asked for more: with the incident that ends too (rule 10). One that is
 * off line, or does not answer, ends by itself when the time that it was given is over.
 */
async function endTracking(incident: Incident, incidents: Telling, parts: Parts, log: Log): Promise<void> {
  if (laneOf(incident) !== 'alarm') return
  const end = async (source: SourceId): Promise<void> => {
    const adapter = parts.find(part => part.name === protocolOf(source))?.adapter
    const other = incidents.openOfSource(source)
    if ((other && laneOf(other) === 'alarm') || !adapter?.commandsOf?.(source).includes('track')) return
    try {
      await adapter.command?.(source, END_OF_TRACKING)
    } catch (error) {
      log.warn({ err: error, source }, 'a vehicle could not be told that its tracking is over')
    }
  }
  await Promise.all([...new Set(incidents.alarmsOf(incident.id).map(alarm => alarm.sourceId))].map(end))
}

/** Every telephone of the incident that may be in a call now. */
function hush({ id }: Incident, incidents: Confirming, parts: Parts): void {
  for (const { sourceId } of incidents.alarmsOf(id))
    parts.find(part => part.name === protocolOf(sourceId))?.adapter.hush?.(sourceId)
}

/** Asked by a call that begins after the mark, of whichever telephone of the household: `hush` reaches only those under way. */
export function hushedBy(
  registry: Pick<Registry, 'resolve'>,
  incidents: Pick<Incidents, 'alarmsOf' | 'callsOf' | 'openOfSource'>
): (sourceId: SourceId) => boolean {
  return sourceId => {
    const { subject } = registry.resolve(sourceId)
    // Of a shared telephone nobody knows who holds it: one of them under duress is enough.
    const open = [incidents.openOfSource(sourceId), ...incidents.callsOf(subject)]
    return open.some(each => each !== undefined && isDuressAt(each, incidents))
  }
}

/** A unit has accepted, or somebody calls again while one is on its way. */
function hasSetOff(after: Incident, before: Incident): boolean {
  return after.state === 'enRoute' && (before.state !== 'enRoute' || after.presses > before.presses)
}

async function tellCallers(incident: Incident, incidents: Confirming, parts: Parts, log: Log): Promise<void> {
  const alarms = incidents.alarmsOf(incident.id)
  if (isDuressAt(incident, incidents) || alarms.some(alarm => alarm.alarmClass === 'duress')) return
  const tell = async (source: (typeof alarms)[number]['sourceId']): Promise<void> => {
    const adapter = parts.find(part => part.name === protocolOf(source))?.adapter
    try {
      if (await adapter?.unitComing?.(source))
        await incidents.step(incident.id, { kind: 'remark', line: 'callerTold', data: { source } }, { kind: 'system' })
    } catch (error) {
      log.warn({ err: error, source }, 'a caller could not be told that a unit is coming')
    }
  }
  await Promise.all([...new Set(alarms.map(alarm => alarm.sourceId))].map(tell))
}

/** A press that was only a test is put out at once where the device would keep it set: the next one must be heard (rule 12). */
export function rearmTested(
  incidents: PipelineRooms['incidents'],
  parts: () => Parts,
  log: Log
): PipelineRooms['incidents'] {
  return {
    raise: incidents.raise,
    async remark(judged) {
      await incidents.remark(judged)
      const { sourceId, eventId, condition, qualifier } = judged.signal
      const adapter = parts().find(part => part.name === protocolOf(sourceId))?.adapter
      if (judged.remark !== 'tested' || condition !== 'alarm' || qualifier !== 'new' || !adapter?.latches) return
      // Not waited for: it may be off line, and is told again with its next report.
      adapter
        .confirmAlarm?.(sourceId, eventId)
        .catch(error => log.warn({ err: error, source: sourceId }, 'a tested device could not be put out'))
    }
  }
}
