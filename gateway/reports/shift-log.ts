/** A shift's log from what was read of it: counts, times against targets, who was on, what is left open. Pure. */
import { namesOf } from '../core/called.ts'
import type { Incident, TimelineEntry } from '../core/incident.ts'
import { hasNobodyThere, laneOf } from '../core/incident-state.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { ShiftCountLine, ShiftIncidentLine, ShiftLog, ShiftPersonLine, ShiftSpan } from '../core/shift-log.ts'
import { toldPlace } from '../core/told-place.ts'
import type { AuditRow } from './audit-book.ts'
import { factOf, isFalse } from './facts.ts'
import { targetsOf, timesOf } from './figures.ts'
import type { ShiftFacts } from './shift-book.ts'

export interface ShiftQuery extends ShiftSpan {
  readonly starts: readonly string[]
  readonly nowMs: number
  readonly timers: Readonly<
    Record<Priority, Pick<PriorityTimers, 'acknowledgeTargetMs' | 'dispatchTargetMs' | 'escalateAllMs'>>
  >
  /** Login of the one person whose log it is. */
  readonly own?: { readonly userId: string; readonly login: string }
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5]

export function shiftLogOf(query: ShiftQuery, facts: ShiftFacts): ShiftLog {
  const { day, shift, starts, fromMs, toMs, nowMs, timers, own } = query
  const endMs = Math.min(toMs, nowMs)
  const theirs = own ? ownFacts(facts, own) : facts
  const opened = theirs.incidents.filter(({ openedAtMs }) => openedAtMs >= fromMs)
  const lines = theirs.incidents.map(incident => lineOf(incident, query, endMs))
  const isTrouble = new Set(theirs.incidents.filter(each => laneOf(each) === 'trouble').map(each => each.id))
  return {
    ...{ day, shift, starts, fromMs, toMs, madeAtMs: nowMs, over: nowMs >= toMs },
    counts: PRIORITIES.map(priority => countOf(priority, opened, endMs)),
    targets: targetsOf(
      opened.map(each => factOf(each, '')),
      { timers, nowMs: endMs }
    ),
    people: peopleOf(theirs, fromMs, endMs),
    incidents: lines.filter(({ id }) => !isTrouble.has(id)),
    // Of the troubles what still stands, or came in this shift.
    troubles: lines.filter(({ id, left, carried }) => isTrouble.has(id) && (left || !carried)),
    handOvers: theirs.handOvers,
    leftOff: facts.leftOff,
    ...(own ? { own: own.login } : {})
  }
}

/** What one person has accepted, owns or handed over. */
function ownFacts(
  facts: ShiftFacts,
  { userId, login }: { readonly userId: string; readonly login: string }
): ShiftFacts {
  const acceptances = facts.acceptances.filter(({ actor }) => actor.kind === 'user' && actor.userId === userId)
  const accepted = new Set(acceptances.map(({ incidentId }) => incidentId))
  return {
    ...{ ...facts, acceptances },
    incidents: facts.incidents.filter(({ id, owner }) => owner?.userId === userId || accepted.has(id)),
    sessions: facts.sessions.filter(entry => loginOf(entry) === login),
    handOvers: facts.handOvers.filter(({ from, to }) => from.userId === userId || to.userId === userId)
  }
}

const isLeft = ({ resolvedAtMs = Infinity }: Incident, endMs: number): boolean => resolvedAtMs >= endMs

function lineOf(incident: Incident, { fromMs, timers }: ShiftQuery, endMs: number): ShiftIncidentLine {
  const { id, number, openedAtMs, priority, alarmClass, sourceKind, duress, cause, moreCauses, subject, state } =
    incident
  const { answerMs, responseMs } = factOf(incident, '')
  const left = isLeft(incident, endMs)
  const waits = timers[priority].escalateAllMs ?? Infinity
  const acknowledgedMs = incident.acknowledgedAtMs ?? endMs
  return {
    ...{ id, number, openedAtMs, priority, alarmClass, sourceKind, duress, state, answerMs, responseMs, left },
    ...{ cause, ...(moreCauses ? { moreCauses } : {}) },
    ...{ ...namesOf(subject), place: toldPlace(incident), owner: incident.owner?.name },
    ...(hasNobodyThere(incident) ? { nobodyThere: true } : {}),
    ...(left ? {} : { disposition: incident.disposition, resolvedAtMs: incident.resolvedAtMs }),
    carried: openedAtMs < fromMs,
    escalated: laneOf(incident) === 'trouble' && Math.min(acknowledgedMs, endMs) - openedAtMs >= waits
  }
}

function countOf(priority: Priority, opened: readonly Incident[], endMs: number): ShiftCountLine {
  const some = opened.filter(each => each.priority === priority)
  return {
    ...{ priority, incidents: some.length },
    falseAlarms: some.filter(isFalse).length,
    left: some.filter(each => isLeft(each, endMs)).length,
    answer: timesOf(some.flatMap(each => factOf(each, '').answerMs ?? []))
  }
}

/** Of a log-out the account is named, since a leader or the clock may have ended it. */
function loginOf({ action, who, detail }: AuditRow): string {
  return action === 'logout' ? String(detail?.user ?? '') : (who.split(' ')[0] ?? '')
}

interface Presence {
  readonly login: string
  name: string
  readonly seats: Set<number>
  /** Where a session is open. */
  readonly on: Set<number>
  /** Where the last of them began. */
  newest: number
  cameMs: number | undefined
  leftMs: number | undefined
  present: boolean
}

function peopleOf(facts: ShiftFacts, fromMs: number, endMs: number): readonly ShiftPersonLine[] {
  const people = new Map<string, Presence>()
  const personOf = (login: string, name: string): Presence => {
    const known = people.get(login)
    if (known) {
      known.name ||= name
      return known
    }
    const made = {
      login,
      name,
      seats: new Set<number>(),
      on: new Set<number>(),
      newest: 0,
      cameMs: undefined,
      leftMs: undefined,
      present: false
    }
    people.set(login, made)
    return made
  }
  for (const entry of facts.sessions) seated(entry, personOf, fromMs)
  for (const { actor } of facts.acceptances)
    if (actor.kind === 'user') personOf(actor.login ?? actor.name, actor.name).present = true
  return [...people.values()]
    .filter(each => each.present && (each.cameMs ?? 0) < endMs)
    .map(({ login, name, seats, cameMs, leftMs }) => {
      const accepted = facts.acceptances.filter(each => isBy(each, login))
      return {
        ...{ login, name, seats: [...seats].sort((a, b) => a - b), cameMs, leftMs, accepted: accepted.length },
        answer: timesOf(accepted.flatMap(({ data }) => (typeof data.answerMs === 'number' ? [data.answerMs] : [])))
      }
    })
    .sort((a, b) => (a.login < b.login ? -1 : 1))
}

const isBy = ({ actor }: TimelineEntry, login: string): boolean =>
  actor.kind === 'user' && (actor.login ?? actor.name) === login

/** The seat of a session that reaches into the shift. */
function seated(entry: AuditRow, personOf: (login: string, name: string) => Presence, fromMs: number): void {
  const seat = Number(/^seat:(\d+)$/.exec(entry.object)?.[1] ?? 0)
  if (seat === 0 || entry.outcome !== 'done') return
  const login = loginOf(entry)
  const person = personOf(login, entry.action === 'login' ? entry.who.slice(login.length + 1) : '')
  const inShift = entry.atMs >= fromMs
  if (entry.action === 'login') {
    person.cameMs ??= inShift && !person.present ? entry.atMs : undefined
    person.leftMs = undefined
    person.present = true
    person.on.add(seat)
    person.newest = seat
    person.seats.add(seat)
    return
  }
  // Who logs in once more at his own seat, as after a crash of the browser, sits there: only the session before it has ended.
  if (entry.reason === 'moved' && seat === person.newest) return
  // Who takes another seat logs in there first: he leaves with the last one that he has.
  person.on.delete(seat)
  if (!inShift) person.seats.delete(seat)
  if (person.on.size > 0) return
  if (inShift) person.leftMs = entry.atMs
  else person.present = false
}
