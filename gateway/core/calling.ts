/** Telephones that call for help now: none of them may ring or sound by us, since under duress that would be a sign (rule 5). */
import type { IncidentId } from './brand.ts'
import type { Alarm, Incident } from './incident.ts'
import { isOpen, laneOf } from './incident-state.ts'

const SIP = 'sip:'

/** One telephone, however it is written: with blanks, with the country's prefix or the trunk's 0 before a mobile number. */
export function comparable(number: string): string {
  return number.replace(/[\s()-]/g, '').replace(/^(?:(?:\+|00)?86|0)(?=1\d{10}$)/, '')
}

/** Of whoever has an open call for help: the household's telephone, and those it came from. Kept with each change, since in a storm it is asked for every message. */
export interface CallingNumbers {
  put(incident: Incident, alarms: Iterable<Pick<Alarm, 'sourceId'>>): void
  putAlarm(alarm: Pick<Alarm, 'sourceId' | 'incidentId'>): void
  /** However it is written. */
  has(number: string): boolean
}

interface Caller {
  readonly phone: string | undefined
  readonly numbers: Set<string>
}

export function createCallingNumbers(): CallingNumbers {
  const callers = new Map<IncidentId, Caller>()
  /** How many incidents each number calls in. */
  const counts = new Map<string, number>()
  const add = ({ numbers }: Caller, number: string): void => {
    const one = comparable(number)
    if (numbers.has(one)) return
    numbers.add(one)
    counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  const addSource = (caller: Caller, { sourceId }: Pick<Alarm, 'sourceId'>): void => {
    if (sourceId.startsWith(SIP)) add(caller, sourceId.slice(SIP.length))
  }
  const remove = (incidentId: IncidentId): void => {
    for (const number of callers.get(incidentId)?.numbers ?? []) {
      const left = (counts.get(number) ?? 0) - 1
      if (left > 0) counts.set(number, left)
      else counts.delete(number)
    }
    callers.delete(incidentId)
  }
  return {
    put(incident, alarms) {
      const calls = isOpen(incident) && laneOf(incident) === 'alarm'
      const { phone } = incident.subject
      const known = callers.get(incident.id)
      if (calls && known && known.phone === phone) return
      remove(incident.id)
      if (!calls) return
      const caller: Caller = { phone, numbers: new Set() }
      callers.set(incident.id, caller)
      if (phone) add(caller, phone)
      for (const alarm of alarms) addSource(caller, alarm)
    },
    putAlarm(alarm) {
      const caller = callers.get(alarm.incidentId)
      if (caller) addSource(caller, alarm)
    },
    has: number => counts.has(comparable(number))
  }
}
