/** Tells the devices of an incident that somebody works on it, also when they press again: the taxi's lamp goes out. Never after duress (rule 5). */
import { protocolOf } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import type { Adapter, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { isDuressAt, type Lanes } from './duress.ts'

export interface Confirming extends Lanes {
  step(incidentId: Incident['id'], step: Step, actor: { readonly kind: 'system' }): Promise<unknown>
}

/** `before` undefined: after a restart, what was acknowledged is told again, since we cannot know whether it was. */
export async function confirmDevices(
  after: Incident,
  before: Incident | undefined,
  incidents: Confirming,
  parts: readonly { readonly name: string; readonly adapter: Adapter }[],
  log: Log
): Promise<void> {
  if (after.acknowledgedAtMs === undefined || after.state === 'resolved' || after.state === 'closed') return
  if (isDuressAt(after, incidents)) return
  const told = incidents.alarmsOf(after.id).filter(alarm => before === undefined || isNews(alarm, after, before))
  const confirm = async (alarm: Alarm): Promise<void> => {
    const adapter = parts.find(part => part.name === protocolOf(alarm.sourceId))?.adapter
    if (!adapter?.confirmAlarm || alarm.alarmClass === 'duress') return
    try {
      const told = await adapter.confirmAlarm(alarm.sourceId, alarm.lastEventId)
      if (before && told !== 'nothing')
        await incidents.step(
          after.id,
          { kind: 'remark', line: 'deviceConfirmed', data: { source: alarm.sourceId } },
          { kind: 'system' }
        )
    } catch (error) {
      log.warn({ err: error, source: alarm.sourceId }, 'a device could not be told of the acknowledgement')
    }
  }
  // Side by side: a taxi that is off line takes its 15 s alone.
  await Promise.all(told.map(confirm))
}

/** Whether the device of this alarm does not know yet: somebody has taken the incident, or it pressed while somebody had it. */
function isNews(alarm: Alarm, after: Incident, before: Incident): boolean {
  if (before.acknowledgedAtMs === undefined || (!before.owner && after.owner)) return true
  return after.owner !== undefined && after.presses > before.presses && alarm.lastAtMs === after.pressTimesMs.at(-1)
}
