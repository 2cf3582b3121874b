/** Telephones that call for help now: none of them may ring or sound by us, since under duress that would be a sign (rule 5). */
import type { IncidentId } from './brand.ts'
import type { Alarm, Incident } from './incident.ts'
import { isOpen, laneOf } from './incident-state.ts'

const SIP = 'sip:'
const NONE: ReadonlySet<never> = new Set()

/** One telephone, however it is written: with blanks, with the country's prefix or the trunk's 0 before a mobile number. */
export function comparable(number: string): string {
  return number.replace(/[\s()-]/g, '').replace(/^(?:(?:\+|00)?86|0)(?=1\d{10}$)/, '')
}

/** Every way a registry or a trunk may write one telephone. */
export function spellings(number: string): readonly string[] {
  const plain = comparable(number)
  const mobile = /^1\d{10}$/.test(plain) ? [`0${plain}`, `86${plain}`, `+86${plain}`] : []
  return [...new Set([number, plain, ...mobile])]
}

/** Of whoever has an open call for help: the household's telephone, and those it came from. Kept with each change, since in a storm it is asked for every message. */
export interface CallingNumbers {
  put(incident: Incident, alarms: Iterable<Pick<Alarm, 'sourceId'>>): void
  putAlarm(alarm: Pick<Alarm, 'sourceId' | 'incidentId'>): void
  /** However it is written; the incidents it calls in. */
  of(number: string): ReadonlySet<IncidentId>
}

interface Caller {
  readonly subject: Incident['subject']
  /** From the first number on: most incidents of a storm have none, and an empty set costs as much as one of four. */
  numbers?: Set<string>
}

export function createCallingNumbers(): CallingNumbers {
  const callers = new Map<IncidentId, Caller>()
  const calls = new Map<string, Set<IncidentId>>()
  const add = (incidentId: IncidentId, caller: Caller, number: string): void => {
    const one = comparable(number)
    caller.numbers ??= new Set()
    caller.numbers.add(one)
    calls.set(one, (calls.get(one) ?? new Set()).add(incidentId))
  }
  const addSource = (incidentId: IncidentId, caller: Caller, { sourceId }: Pick<Alarm, 'sourceId'>): void => {
    if (sourceId.startsWith(SIP)) add(incidentId, caller, sourceId.slice(SIP.length))
  }
  const remove = (incidentId: IncidentId): void => {
    for (const number of callers.get(incidentId)?.numbers ?? []) {
      const left = calls.get(number)
      left?.delete(incidentId)
      if (left?.size === 0) calls.delete(number)
    }
    callers.delete(incidentId)
  }
  return {
    put(incident, alarms) {
      const isCall = isOpen(incident) && laneOf(incident) === 'alarm'
      const { subject } = incident
      if (isCall && callers.get(incident.id)?.subject === subject) return
      remove(incident.id)
      if (!isCall) return
      const caller: Caller = { subject }
      callers.set(incident.id, caller)
      // Of a shared telephone any of them may be the one, and each may have another.
      for (const { phone } of [subject, ...(subject.shared ?? [])]) if (phone) add(incident.id, caller, phone)
      for (const alarm of alarms) addSource(incident.id, caller, alarm)
    },
    putAlarm(alarm) {
      const caller = callers.get(alarm.incidentId)
      if (caller) addSource(alarm.incidentId, caller, alarm)
    },
    of: number => calls.get(comparable(number)) ?? NONE
  }
}
