/** What an open incident waits for next and until when: as the head of the console counts it down, by test. Pure. */
import type { Assignment, Incident } from './incident.ts'
import { isOpen } from './incident-state.ts'
import type { PriorityTimers } from './priority.ts'

export interface NextDue {
  readonly kind: 'acknowledge' | 'dispatch' | 'accept' | 'arrive'
  readonly dueAtMs: number
}

export type DueTimers = Pick<PriorityTimers, 'acknowledgeTargetMs' | 'dispatchTargetMs'>

/** Undefined where nothing is due: a target of 0, nobody can say when, or it is over. */
export function nextDue(incident: Incident, timers: DueTimers): NextDue | undefined {
  const { assignments, state } = incident
  if (!isOpen(incident)) return undefined
  if (isUnanswered(incident)) return after('acknowledge', waitsSinceMs(incident), timers.acknowledgeTargetMs)
  const dispatch = () => after('dispatch', answeredAtMs(incident), timers.dispatchTargetMs)
  if (state === 'acknowledged' || state === 'verifying') return dispatch()
  if (state === 'dispatched') {
    const offers = assignments.filter(each => each.state === 'offered').map(each => each.expiresAtMs)
    return offers.length > 0 ? { kind: 'accept', dueAtMs: Math.min(...offers) } : dispatch()
  }
  if (state !== 'enRoute') return undefined
  const first = assignments.filter(each => each.state === 'enRoute').toSorted((a, b) => arrivalMs(a) - arrivalMs(b))[0]
  return first?.etaS ? { kind: 'arrive', dueAtMs: arrivalMs(first) } : undefined
}

type Answered = Pick<Incident, 'state' | 'owner' | 'openedAtMs' | 'acknowledgedAtMs' | 'putBackAtMs' | 'takenAgainAtMs'>

/** Nobody has it: never yet, or no longer since it was put back; a unit that the system sent replaces no operator. */
const isUnanswered = ({ state, owner, acknowledgedAtMs, putBackAtMs }: Answered): boolean =>
  state === 'new' || (!owner && (acknowledgedAtMs === undefined || putBackAtMs !== undefined))

/** Whoever was put back waits for an answer as from the beginning, UTC ms. */
const waitsSinceMs = ({ openedAtMs, putBackAtMs }: Answered): number => putBackAtMs ?? openedAtMs

/** Of the answer that holds now, not of one that was taken back, UTC ms. */
const answeredAtMs = ({ openedAtMs, acknowledgedAtMs, takenAgainAtMs }: Answered): number =>
  takenAgainAtMs ?? acknowledgedAtMs ?? openedAtMs

function after(kind: NextDue['kind'], startMs: number, withinMs: number | undefined): NextDue | undefined {
  return withinMs ? { kind, dueAtMs: startMs + withinMs } : undefined
}

const arrivalMs = ({ acceptedAtMs, offeredAtMs, etaS = 0 }: Assignment): number =>
  (acceptedAtMs ?? offeredAtMs) + etaS * 1_000
