/** The leader's board from what the rooms hold in memory. Pure: no clock, no store. */
import type { Incident, IncidentState } from '../core/incident.ts'
import { hasNobodyThere, isOpen } from '../core/incident-state.ts'
import {
  BOARD_ROWS,
  BOARD_STAGE_ROWS,
  BOARD_STAGES,
  BOARD_STALE,
  type BoardIncident,
  type BoardPerson,
  type BoardStage,
  type BoardUnit,
  type LeaderBoard
} from '../core/leader-board.ts'
import { type DueTimers, nextDue } from '../core/next-due.ts'
import type { Priority } from '../core/priority.ts'
import { UNIT_STATES, type Unit, type UnitState } from '../core/unit.ts'
import type { Notice, SessionUser } from '../core/wire.ts'

export interface BoardView {
  readonly nowMs: number
  readonly seats: number
  readonly timers: Readonly<Record<Priority, DueTimers>>
  /** A position that is older is stale. */
  readonly staleMs: number
  /** Whoever has a session; several of one person count once. */
  readonly people: readonly SessionUser[]
  /** Whoever has a console that follows the feed. */
  readonly connected: ReadonlySet<string>
  readonly incidents: readonly Incident[]
  readonly units: readonly Unit[]
  readonly notices: readonly Notice[]
}

const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5]
/** What is less urgent waits in the tray and rings nobody. */
const RINGS_TO = 3

export function boardOf(view: BoardView): Omit<LeaderBoard, 'today' | 'coverage'> {
  const open = view.incidents.filter(isOpen)
  const people = peopleOf(view, open)
  const taken = new Set(people.flatMap(({ seat, on }) => (seat === undefined || on === 'gone' ? [] : [seat])))
  const storm = view.notices.find(({ code }) => code === 'storm')
  return {
    atMs: view.nowMs,
    people,
    freeSeats: Array.from({ length: view.seats }, (_, n) => n + 1).filter(seat => !taken.has(seat)),
    open: open.length,
    waiting: waitingOf(open, view),
    stages: stagesOf(view),
    ...(storm
      ? {
          storm: {
            alarms: Number(storm.data.alarms),
            ...{ count: Number(storm.data.count), groups: Number(storm.data.groups), sinceMs: storm.atMs }
          }
        }
      : {}),
    units: unitsOf(view)
  }
}

const byUrgency = (a: Incident, b: Incident) => a.priority - b.priority || a.openedAtMs - b.openedAtMs
const byAge = (a: Incident, b: Incident) => a.openedAtMs - b.openedAtMs

function rowOf({ timers }: BoardView): (incident: Incident) => BoardIncident {
  return incident => {
    const { id, number, priority, alarmClass, state, openedAtMs, putBackAtMs, subject } = incident
    const next = nextDue(incident, timers[priority])
    return {
      ...{ id, number, priority, alarmClass, state, openedAtMs },
      ...(putBackAtMs === undefined ? {} : { putBackAtMs }),
      ...(subject.gridCell ? { gridName: subject.gridCell.name } : {}),
      ...(hasNobodyThere(incident) ? { nobodyThere: true } : {}),
      ...(next ? { dueAtMs: next.dueAtMs, dueFor: next.kind } : {})
    }
  }
}

function waitingOf(open: readonly Incident[], view: BoardView): LeaderBoard['waiting'] {
  const waiting = open.filter(({ owner }) => !owner)
  const ringing = waiting.filter(({ priority }) => priority <= RINGS_TO)
  const longest = (ringing.length > 0 ? ringing : waiting).toSorted(byAge)[0]
  return {
    n: waiting.length,
    byPriority: PRIORITIES.map(priority => waiting.filter(each => each.priority === priority).length),
    ...(longest ? { longest: rowOf(view)(longest) } : {}),
    rows: waiting.toSorted(byUrgency).slice(0, BOARD_ROWS).map(rowOf(view))
  }
}

const STAGE_OF: Readonly<Record<IncidentState, BoardStage | undefined>> = {
  ...{ new: 'waiting', acknowledged: 'handling', verifying: 'handling', dispatched: 'sent', enRoute: 'sent' },
  ...{ onScene: 'onScene', resolved: 'toFile', closed: undefined }
}

/** What nobody has taken waits, whatever was sent to it meanwhile. */
function stagesOf(view: BoardView): LeaderBoard['stages'] {
  const stageOf = (incident: Incident) => (isOpen(incident) && !incident.owner ? 'waiting' : STAGE_OF[incident.state])
  const found = Map.groupBy(view.incidents, stageOf)
  return BOARD_STAGES.map(stage => {
    const all = found.get(stage) ?? []
    return { stage, n: all.length, rows: all.toSorted(byUrgency).slice(0, BOARD_STAGE_ROWS).map(rowOf(view)) }
  })
}

function peopleOf(view: BoardView, open: readonly Incident[]): readonly BoardPerson[] {
  const owned = Map.groupBy(
    open.filter(({ owner }) => owner),
    ({ owner }) => owner?.userId as string
  )
  const person = (who: Pick<BoardPerson, 'userId' | 'name' | 'seat' | 'leader' | 'on'>): BoardPerson => {
    const own = (owned.get(who.userId) ?? []).toSorted(byUrgency)
    return { ...who, load: own.length, incidents: own.slice(0, BOARD_ROWS).map(rowOf(view)) }
  }
  const found = new Map<string, BoardPerson>()
  for (const { userId, name, seat, role } of view.people) {
    // A second session without a seat does not hide the seat of the first.
    const known = found.get(userId)
    if ((role !== 'operator' && role !== 'leader') || known?.seat !== undefined) continue
    const on = view.connected.has(userId) ? 'here' : 'away'
    found.set(userId, person({ userId, name, leader: role === 'leader', on, ...(seat === undefined ? {} : { seat }) }))
  }
  for (const [userId, [first]] of owned)
    if (!found.has(userId) && first?.owner)
      found.set(userId, person({ userId, name: first.owner.name, leader: false, on: 'gone' }))
  return [...found.values()].sort((a, b) => (a.seat ?? Infinity) - (b.seat ?? Infinity) || (a.name < b.name ? -1 : 1))
}

function unitsOf({ units, nowMs, staleMs }: BoardView): LeaderBoard['units'] {
  const byState = Object.fromEntries(UNIT_STATES.map(state => [state, 0])) as Record<UnitState, number>
  const stale: BoardUnit[] = []
  let people = 0
  for (const { id, name, state, position, members } of units) {
    byState[state] += 1
    if (state === 'offDuty') continue
    people += members.length
    if (position && nowMs - position.atMs <= staleMs) continue
    stale.push({ id, name, state, ...(position ? { positionAtMs: position.atMs } : {}) })
  }
  stale.sort((a, b) => (a.positionAtMs ?? 0) - (b.positionAtMs ?? 0))
  return { all: units.length, byState, people, stale: stale.slice(0, BOARD_STALE), staleAll: stale.length }
}
