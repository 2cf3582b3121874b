/** The fleet's alarms in the order of the desk: open calls first, then troubles, the newest on top. Pure. */
import type { FleetAlarm } from '../../../../gateway/core/wire.ts'

export function isOver(alarm: FleetAlarm): boolean {
  return alarm.state === 'resolved' || alarm.state === 'closed'
}

/** The terminal is out of order; nobody in the car calls. */
export function isTrouble(alarm: FleetAlarm): boolean {
  return alarm.alarmClass === 'trouble'
}

/** Somebody may call the car: it told of an accident by itself. Whatever does not say so is silent. */
export function mayCall(alarm: FleetAlarm): boolean {
  return alarm.silent === false && !isTrouble(alarm)
}

/** 0 calls for help, 1 troubles, 2 what is over. */
const rankOf = (alarm: FleetAlarm): number => (isOver(alarm) ? 2 : Number(isTrouble(alarm)))

export function inOrder(alarms: Iterable<FleetAlarm>): readonly FleetAlarm[] {
  return [...alarms].sort((a, b) => rankOf(a) - rankOf(b) || b.openedAtMs - a.openedAtMs)
}

/** The alarm shown: the chosen one while it is in the list, else the first open one. A new alarm never takes the choice. */
export function shownAlarm(alarms: readonly FleetAlarm[], chosen: string | undefined): FleetAlarm | undefined {
  return alarms.find(alarm => alarm.incidentId === chosen) ?? alarms.find(alarm => !isOver(alarm))
}
