/** The fleet's alarms in the order of the desk: open ones first, the newest on top. Pure. */
import type { FleetAlarm } from '../../../../gateway/core/wire.ts'

export function isOver(alarm: FleetAlarm): boolean {
  return alarm.state === 'resolved' || alarm.state === 'closed'
}

export function inOrder(alarms: Iterable<FleetAlarm>): readonly FleetAlarm[] {
  return [...alarms].sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || b.openedAtMs - a.openedAtMs)
}

/** The alarm shown: the chosen one while it is in the list, else the first open one. A new alarm never takes the choice. */
export function shownAlarm(alarms: readonly FleetAlarm[], chosen: string | undefined): FleetAlarm | undefined {
  return alarms.find(alarm => alarm.incidentId === chosen) ?? alarms.find(alarm => !isOver(alarm))
}
