/** Neighbours' call-out 十户联防: who of the group is rung, what each said, and every change of it as one pure function (rule 5). */
import type { SubjectId } from './brand.ts'
import type { ErrorCode } from './errors.ts'
import type { CallEnd } from './placed-call.ts'
import type { LineData } from './step.ts'

export const NEIGHBOUR_STATES = [
  'waiting',
  'ringing',
  'answered',
  'going',
  'cannot',
  'warned',
  'noChoice',
  'noAnswer',
  'busy',
  'unreachable',
  'stopped'
] as const
/** 待呼 振铃 已接听 前往 去不了 已知悉 接听未选择 无人接听 占线 无法接通 已停呼. */
export type NeighbourState = (typeof NEIGHBOUR_STATES)[number]

/** `guard`: 关门守望，勿靠近. */
export type CalloutMessage = 'help' | 'guard'

export const CALLOUT_ENDS = ['enough', 'all', 'operator', 'duress', 'over', 'limit'] as const
/** Enough go, everybody was asked, the operator ended it, a mark of duress, the incident is over, its time is up. */
export type CalloutEnd = (typeof CALLOUT_ENDS)[number]

/** One household of the group and what came of ringing it. */
export interface CalledNeighbour {
  readonly subjectId: SubjectId
  readonly name: string
  readonly address: string
  readonly number: string
  readonly state: NeighbourState
  /** Calls begun; counted before the telephone is rung, so that a crash cannot make it ring once more. */
  readonly tries: number
  /** When it is rung next; absent: it is not. */
  readonly nextAtMs?: number
  /** Of the last change. */
  readonly atMs: number
}

export interface Callout {
  readonly by: 'system' | 'operator'
  readonly message: CalloutMessage
  readonly startedAtMs: number
  /** When the warning took the place of the call for help. */
  readonly guardedAtMs?: number
  readonly endedAtMs?: number
  readonly end?: CalloutEnd
  /** Ended before anybody was rung, of a caller nobody vouched for: a proven press after that calls the neighbours all the same. */
  readonly unproven?: true
  readonly neighbours: readonly CalledNeighbour[]
}

export type Household = Pick<CalledNeighbour, 'subjectId' | 'name' | 'address' | 'number'>

/** What can happen to a call-out. `attempt` comes before any telephone is rung. */
export type CalloutChange =
  | {
      readonly what: 'start'
      readonly by: Callout['by']
      readonly message: CalloutMessage
      readonly households: readonly Household[]
    }
  | { readonly what: 'attempt'; readonly subjectIds: readonly SubjectId[] }
  | { readonly what: 'answered'; readonly subjectId: SubjectId }
  | { readonly what: 'said'; readonly subjectId: SubjectId; readonly state: 'going' | 'cannot' | 'warned' }
  | { readonly what: 'hungUp'; readonly subjectId: SubjectId; readonly end: CallEnd; readonly againAtMs?: number }
  | { readonly what: 'guard' }
  | { readonly what: 'end'; readonly end: CalloutEnd }

export type CalloutOutcome =
  | {
      readonly ok: true
      readonly callout: Callout
      readonly line?: {
        readonly kind: 'calloutStarted' | 'neighbourSaid' | 'calloutGuard' | 'calloutEnded'
        readonly data: LineData
      }
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly why: string }

const SAID: ReadonlySet<NeighbourState> = new Set(['going', 'cannot', 'warned', 'noChoice'])

export const isCalling = (callout: Callout | undefined): callout is Callout =>
  callout !== undefined && callout.endedAtMs === undefined
/** On the telephone at this moment. */
export const isOnLine = ({ state }: CalledNeighbour): boolean => state === 'ringing' || state === 'answered'
export const countOf = ({ neighbours }: Callout, state: NeighbourState): number =>
  neighbours.filter(n => n.state === state).length

const refuse = (why: string): CalloutOutcome => ({ ok: false, code: 'ILLEGAL_TRANSITION', why })

/** The incident that a change is asked of. */
interface Called {
  readonly callout?: Callout
  readonly duress: boolean
  readonly unverified?: boolean
  readonly open: boolean
}

export function applyCallout(
  { callout, duress, unverified, open }: Called,
  change: CalloutChange,
  nowMs: number
): CalloutOutcome {
  if (change.what === 'start') {
    if (!open) return refuse('the incident is over')
    if (duress) return refuse('duress: nobody is rung')
    if (isCalling(callout)) return refuse('the neighbours are being rung already')
    if (change.households.length === 0) return refuse('there is no neighbour who can be rung')
    return started(change, nowMs)
  }
  if (!callout && change.what === 'end' && change.end === 'operator' && open) return forestalled(unverified, nowMs)
  if (!callout) return refuse('the neighbours were not called')
  if (change.what === 'guard') return open && !duress ? guarded(callout, nowMs) : refuse('nobody is rung any more')
  // What a call says when the call-out has just ended is still put down; nobody is rung for it.
  if (change.what === 'said' || change.what === 'hungUp') return spoke(callout, change, nowMs)
  if (!isCalling(callout)) return refuse('the call-out has ended')
  switch (change.what) {
    case 'attempt':
      return duress ? refuse('duress: nobody is rung') : attempted(callout, change.subjectIds, nowMs)
    case 'answered':
      return { ok: true, callout: each(callout, change.subjectId, n => ({ ...n, state: 'answered', atMs: nowMs })) }
    case 'end':
      return ended(callout, change.end, nowMs)
  }
}

function started(change: Extract<CalloutChange, { what: 'start' }>, nowMs: number): CalloutOutcome {
  const { by, message, households } = change
  const neighbours = households.map(
    (household): CalledNeighbour => ({ ...household, state: 'waiting', tries: 0, nextAtMs: nowMs, atMs: nowMs })
  )
  return {
    ok: true,
    callout: { by, message, startedAtMs: nowMs, neighbours },
    line: { kind: 'calloutStarted', data: { by, message, count: neighbours.length } }
  }
}

/** The operator wants nobody rung, before anybody was: the system does not begin any more, he still may. */
function forestalled(unverified: boolean | undefined, nowMs: number): CalloutOutcome {
  const ended = { startedAtMs: nowMs, endedAtMs: nowMs, end: 'operator', neighbours: [] } as const
  return {
    ok: true,
    callout: { by: 'operator', message: 'help', ...ended, ...(unverified ? { unproven: true } : {}) },
    line: { kind: 'calloutEnded', data: { end: 'operator', reached: 0, going: 0, count: 0 } }
  }
}

function attempted(callout: Callout, subjectIds: readonly SubjectId[], nowMs: number): CalloutOutcome {
  const wanted = new Set(subjectIds)
  const neighbours = callout.neighbours.map((n): CalledNeighbour => {
    if (!wanted.has(n.subjectId) || n.nextAtMs === undefined) return n
    return { ...n, state: 'ringing', tries: n.tries + 1, nextAtMs: undefined, atMs: nowMs }
  })
  return { ok: true, callout: { ...callout, neighbours } }
}

function spoke(
  callout: Callout,
  change: Extract<CalloutChange, { what: 'said' | 'hungUp' }>,
  nowMs: number
): CalloutOutcome {
  const before = callout.neighbours.find(n => n.subjectId === change.subjectId)
  if (!before) return refuse('this household was not called')
  if (change.what === 'hungUp')
    return { ok: true, callout: each(callout, change.subjectId, n => afterCall(callout, n, change, nowMs)) }
  const { state } = change
  // He said so before he heard the warning: he may be on his way into danger, and is told it, by another call if this one ends.
  const unwarned = callout.message === 'guard' && state === 'going'
  const next = unwarned
    ? each(goingOn(callout), change.subjectId, n => rungAgain(n, nowMs))
    : each(callout, change.subjectId, n => ({ ...n, state, nextAtMs: undefined, atMs: nowMs }))
  const data = { name: before.name, address: before.address, said: state }
  return { ok: true, callout: next, line: { kind: 'neighbourSaid', data } }
}

const ENDS: Readonly<Partial<Record<CallEnd, NeighbourState>>> = {
  busy: 'busy',
  noAnswer: 'noAnswer',
  declined: 'noAnswer',
  unreachable: 'unreachable',
  failed: 'unreachable'
}

function afterCall(
  callout: Callout,
  neighbour: CalledNeighbour,
  { end, againAtMs }: Extract<CalloutChange, { what: 'hungUp' }>,
  nowMs: number
): CalledNeighbour {
  if (!isOnLine(neighbour)) return neighbour
  if (!isCalling(callout)) return { ...neighbour, state: 'stopped', nextAtMs: undefined, atMs: nowMs }
  // No telephone rang: it was no try.
  if (end === 'noLine')
    return { ...neighbour, state: 'waiting', tries: neighbour.tries - 1, nextAtMs: againAtMs, atMs: nowMs }
  if (neighbour.state === 'answered') return { ...neighbour, state: 'noChoice', nextAtMs: undefined, atMs: nowMs }
  return { ...neighbour, state: ENDS[end] ?? 'noAnswer', nextAtMs: againAtMs, atMs: nowMs }
}

/**
 * From now on everybody hears the warning. Who was told to help is rung once more with it: he may be on his way into danger. After the
 * end of a call-out only those who said that they go.
 */
function guarded(callout: Callout, nowMs: number): CalloutOutcome {
  if (callout.message === 'guard') return refuse('the warning is given already')
  const calling = isCalling(callout)
  const neighbours = callout.neighbours.map((n): CalledNeighbour => {
    const again = calling ? !isOnLine(n) : n.state === 'going'
    return again ? rungAgain(n, nowMs) : n
  })
  const goesOn = neighbours.some(n => n.nextAtMs !== undefined || isOnLine(n))
  return {
    ok: true,
    callout: { ...(goesOn ? { ...goingOn(callout), neighbours } : callout), message: 'guard', guardedAtMs: nowMs },
    line: { kind: 'calloutGuard', data: { count: neighbours.filter(n => n.nextAtMs !== undefined).length } }
  }
}

const rungAgain = (n: CalledNeighbour, nowMs: number): CalledNeighbour => ({
  ...{ ...n, state: 'waiting', tries: 0, nextAtMs: nowMs, atMs: nowMs }
})

function goingOn({ end: _end, endedAtMs: _endedAtMs, ...rest }: Callout): Callout {
  return rest
}

function ended(callout: Callout, end: CalloutEnd, nowMs: number): CalloutOutcome {
  const neighbours = callout.neighbours.map((n): CalledNeighbour => {
    const untold = n.state === 'waiting' || isOnLine(n)
    return untold ? { ...n, state: 'stopped', nextAtMs: undefined, atMs: nowMs } : { ...n, nextAtMs: undefined }
  })
  const after: Callout = { ...callout, endedAtMs: nowMs, end, neighbours }
  const reached = neighbours.filter(n => SAID.has(n.state)).length
  const data = { end, reached, going: countOf(after, 'going'), count: neighbours.length }
  return { ok: true, callout: after, line: { kind: 'calloutEnded', data } }
}

function each(callout: Callout, subjectId: SubjectId, to: (n: CalledNeighbour) => CalledNeighbour): Callout {
  return { ...callout, neighbours: callout.neighbours.map(n => (n.subjectId === subjectId ? to(n) : n)) }
}
