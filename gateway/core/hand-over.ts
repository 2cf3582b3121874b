/** 移交: an incident told to 110, 119, 120 or 12345, each as a record of its own: asked, answered with their order and officer, or overdue. Pure. */
import { ownersOnly, refuseWork, type WorkOutcome } from './feedback.ts'
import type { Incident, Nature, Owner } from './incident.ts'

export const SERVICES = ['110', '119', '120', '12345'] as const
export type Service = (typeof SERVICES)[number]

export interface HandOver {
  readonly id: string
  readonly service: Service
  readonly state: 'asked' | 'accepted' | 'refused'
  /** Who commands from their acceptance on. */
  readonly lead: 'us' | 'them'
  readonly by: string
  readonly atMs: number
  /** Without an answer until then somebody calls by voice. */
  readonly dueAtMs: number
  /** When the floor was told to call. */
  readonly overdueAtMs?: number
  readonly answeredAtMs?: number
  /** Number of their order 对方单号. */
  readonly orderNumber?: string
  /** Their officer 接警人. */
  readonly officer?: string
  readonly reason?: string
}

/** What they answered; a number or a name is an acceptance. */
export interface HandOverAnswer {
  readonly orderNumber?: string
  readonly officer?: string
  readonly lead?: 'us' | 'them'
}

export type HandOverStep =
  | ({
      readonly kind: 'handOver110'
      readonly owner: Owner
      readonly id: string
      readonly to: Service
      readonly timeoutMs: number
    } & HandOverAnswer)
  | ({
      readonly kind: 'handOverAnswer'
      readonly owner: Owner
      readonly asLeader: boolean
      readonly handOver: string
      readonly accepted: boolean
      readonly reason?: string
    } & HandOverAnswer)
  /** The system's: nobody has answered. */
  | { readonly kind: 'handOverDue'; readonly handOver: string }

/** Which services a nature belongs to, the first one first. */
export type HandOverRoutes = Readonly<Record<Nature, readonly Service[]>>

/** More would be no hand-over any more. */
const MAX_HAND_OVERS = 20

const told = ({ orderNumber, officer }: HandOverAnswer) => {
  const number = orderNumber?.trim()
  const name = officer?.trim()
  return { ...(number ? { orderNumber: number } : {}), ...(name ? { officer: name } : {}) }
}

/** `open`: not resolved and not closed. An answer may still come after the end. */
export function applyHandOver(incident: Incident, step: HandOverStep, open: boolean, nowMs: number): WorkOutcome {
  const all = incident.handOvers ?? []
  if (step.kind === 'handOver110') return ask(incident, all, step, open, nowMs)
  const current = all.find(each => each.id === step.handOver)
  if (!current) return refuseWork('NOT_FOUND', 'no such hand-over on this incident')
  if (current.state !== 'asked') return refuseWork('ILLEGAL_TRANSITION', 'this hand-over was answered already')
  const put = (next: HandOver) => ({ handOvers: all.map(each => (each === current ? next : each)) })
  if (step.kind === 'handOverDue') {
    if (!open) return refuseWork('ILLEGAL_TRANSITION', 'after the end nobody is told to call')
    if (current.overdueAtMs !== undefined) return refuseWork('ILLEGAL_TRANSITION', 'the floor was told already')
    if (nowMs < current.dueAtMs) return refuseWork('ILLEGAL_TRANSITION', 'they still have time to answer')
    const change = { ...put({ ...current, overdueAtMs: nowMs }), rings: incident.rings + 1 }
    return { ok: true, change, line: { kind: 'handOverDue', data: { to: current.service } } }
  }
  const refusal = step.asLeader ? undefined : ownersOnly(incident, step.owner)
  if (refusal) return refusal
  const reason = step.reason?.trim()
  if (!step.accepted && !reason) return refuseWork('ILLEGAL_TRANSITION', 'a refusal of theirs is kept with its reason')
  const state = step.accepted ? ('accepted' as const) : ('refused' as const)
  const next: HandOver = {
    ...{ ...current, ...told(step), state, answeredAtMs: nowMs },
    ...{ lead: step.accepted ? (step.lead ?? current.lead) : 'us' },
    ...(reason ? { reason } : {})
  }
  const kind = step.accepted ? ('handOverAccepted' as const) : ('handOverRefused' as const)
  return { ok: true, change: put(next), line: { kind, data: lineOf(next) } }
}

function ask(
  incident: Incident,
  all: readonly HandOver[],
  step: Extract<HandOverStep, { kind: 'handOver110' }>,
  open: boolean,
  nowMs: number
): WorkOutcome {
  if (!open) return refuseWork('ILLEGAL_TRANSITION', 'an ended incident is handed over to nobody')
  const refusal = ownersOnly(incident, step.owner)
  if (refusal) return refusal
  if (all.some(each => each.service === step.to && each.state !== 'refused'))
    return refuseWork('ILLEGAL_TRANSITION', 'it was handed over to them already')
  if (all.length >= MAX_HAND_OVERS) return refuseWork('ILLEGAL_TRANSITION', 'no more hand-overs fit')
  const answer = told(step)
  const answered = Object.keys(answer).length > 0
  const next: HandOver = {
    ...{ id: step.id, service: step.to, state: answered ? 'accepted' : 'asked', lead: step.lead ?? 'them' },
    ...{ by: step.owner.name, atMs: nowMs, dueAtMs: nowMs + step.timeoutMs },
    ...(answered ? { answeredAtMs: nowMs } : {}),
    ...answer
  }
  return { ok: true, change: { handOvers: [...all, next] }, line: { kind: 'handedOver', data: lineOf(next) } }
}

const lineOf = ({ service, orderNumber, officer, lead, reason }: HandOver) => ({
  to: service,
  lead,
  ...(orderNumber ? { orderNumber } : {}),
  ...(officer ? { officer } : {}),
  ...(reason ? { reason } : {})
})

/** The first that waits for its answer too long and was not told yet. */
export function overdueHandOver({ handOvers = [] }: Incident, nowMs: number): HandOver | undefined {
  return handOvers.find(each => each.state === 'asked' && each.overdueAtMs === undefined && nowMs >= each.dueAtMs)
}
