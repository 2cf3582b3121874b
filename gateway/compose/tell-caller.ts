/** A caller still on the line hears that a unit has set off, since its telephone can show nothing. Never after duress (rule 5). */
import { protocolOf } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Adapter, Log } from '../core/ports.ts'
import { type Confirming, confirmDevices } from './confirm.ts'
import { isDuressAt } from './duress.ts'

type Parts = readonly { readonly name: string; readonly adapter: Adapter }[]

/** What the sources of an incident are told of a change. `before` undefined: after a restart, no call has outlived it. */
export async function informSources(
  after: Incident,
  before: Incident | undefined,
  incidents: Confirming,
  parts: Parts,
  log: Log
): Promise<void> {
  const telling = before && hasSetOff(after, before) ? tellCallers(after, incidents, parts, log) : undefined
  await Promise.all([confirmDevices(after, before, incidents, parts, log), telling])
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
