/** What is kept of one account over restarts, pure: what it sent lately, its arm state by partition, which conditions stand, chattering zones. */
import type { ArmState } from '../../gateway/core/ports.ts'
import type { Report } from '../kit/alarm-report.ts'

/** A retransmission is told by receiver, line, account, sequence, id and data within this. */
const RETRANSMISSION_MS = 600_000
/**
 * Of a call for help. Some panels count from 0001 again after a restart, or never count: a second press must not be taken for the first
 * (rule 6). A retransmission later than this counts as a press more, which does no harm.
 */
const URGENT_RETRANSMISSION_MS = 60_000
const URGENT: ReadonlySet<string | undefined> = new Set(['panic', 'duress', 'medical', 'fire', 'help'])
/** A panel waits for each acknowledgement, so few frames of the last minutes can come again. */
const MAX_RECENT = 24
const MAX_STANDING = 64
const MAX_PARTITIONS = 32
/** Alarms of one burglary zone within this count as chatter. */
const CHATTER_MS = 60_000

export interface AccountState {
  /** Digest of a frame and when it came first: the event ids of its signals are made of both. */
  readonly recent: readonly (readonly [digest: string, firstMs: number])[]
  /** By partition; `-` is the whole account. */
  readonly arm: Readonly<Record<string, { readonly state: ArmState; readonly atMs: number; readonly user?: string }>>
  /** Conditions reported and not restored: class and zone. */
  readonly standing: readonly string[]
  /** By zone, of a sender who proved nothing with his address: when its last alarms came, and until when it is shut down. */
  readonly chatter: Readonly<Record<string, { readonly atMs: readonly number[]; readonly untilMs?: number }>>
}

export const NEW_ACCOUNT: AccountState = { recent: [], arm: {}, standing: [], chatter: {} }

export interface SwingerRule {
  /** Alarms of one zone within a minute until it is shut down. */
  readonly after: number
  readonly pauseMs: number
}

/** A report with what this account's past makes of it. */
export interface Judgement {
  readonly report: Report
  /** On record only: the condition is known to stand, or the zone is shut down for chattering. */
  readonly onlyRecorded?: 'standing' | 'swinger'
  /** Of its partition when it came, as far as the box has told. */
  readonly arm?: ArmState
  /** This alarm shut the zone down: it is told once as a trouble. */
  readonly shutDown: boolean
}

export function parseAccount(text: string | undefined): AccountState {
  if (!text) return NEW_ACCOUNT
  try {
    const value = JSON.parse(text) as Partial<AccountState>
    const list = <T>(given: readonly T[] | undefined): readonly T[] => (Array.isArray(given) ? given : [])
    return {
      recent: list(value.recent),
      arm: value.arm ?? {},
      standing: list(value.standing),
      chatter: value.chatter ?? {}
    }
  } catch {
    return NEW_ACCOUNT
  }
}

/** The first time this frame came, when it is a retransmission. */
export function firstTime(
  state: AccountState,
  digest: string,
  nowMs: number,
  reports: readonly Report[]
): number | undefined {
  const urgent = reports.some(
    ({ kind, qualifier, row }) => kind === 'alarm' && qualifier === 'new' && URGENT.has(row?.alarmClass)
  )
  const withinMs = urgent ? URGENT_RETRANSMISSION_MS : RETRANSMISSION_MS
  const found = state.recent.findLast(([known, firstMs]) => nowMs - firstMs < withinMs && known === digest)
  return found?.[1]
}

/** A frame as far as the past goes. */
export interface Heard {
  readonly digest: string
  readonly nowMs: number
  readonly reports: readonly Report[]
  /** Absent when its sender is proven; else the address it came from, whose chatter shuts down a zone for that address alone: whoever forges a box's alarms does not silence the box. */
  readonly by?: string | undefined
}

interface Now extends Pick<Heard, 'nowMs' | 'by'> {
  readonly rule: SwingerRule
}

/** What the state is after a frame that is new. */
export function stepAccount(
  state: AccountState,
  frame: Heard,
  rule: SwingerRule
): { readonly state: AccountState; readonly judged: readonly Judgement[] } {
  const { digest, nowMs, reports, by } = frame
  const fresh = state.recent.filter(([, firstMs]) => nowMs - firstMs < RETRANSMISSION_MS)
  let next: AccountState = { ...state, recent: [...fresh.slice(1 - MAX_RECENT), [digest, nowMs]] }
  const judged = reports.map(report => {
    const step = stepReport(next, report, { nowMs, by, rule })
    next = step.state
    return { ...step.judgement, arm: armOf(next, report) }
  })
  return { state: next, judged }
}

type Step = { readonly state: AccountState; readonly judgement: Judgement }

function stepReport(state: AccountState, report: Report, now: Now): Step {
  const { nowMs } = now
  const plain: Judgement = { report, shutDown: false }
  const armed = armStateOf(report)
  if (armed) return { state: withArm(state, report, armed, nowMs), judgement: plain }
  if (!['alarm', 'fault', 'tamper'].includes(report.kind)) return { state, judgement: plain }
  const key = `${report.row?.alarmClass ?? report.code}/${report.row?.cause ?? ''}/${report.partition ?? ''}/${report.zone ?? ''}`
  if (report.qualifier === 'restore')
    return { state: { ...state, standing: state.standing.filter(one => one !== key) }, judgement: plain }
  // "Still present" raises when its beginning was never heard.
  if (report.still && state.standing.includes(key)) return { state, judgement: { ...plain, onlyRecorded: 'standing' } }
  const standing = [...state.standing.filter(one => one !== key), key].slice(-MAX_STANDING)
  return chatter({ ...state, standing }, report, now)
}

/** Burglary zones only: panic, duress, fire, medical and gas are never shut down (rule 4). */
function chatter(state: AccountState, report: Report, { nowMs, by, rule }: Now): Step {
  const plain: Judgement = { report, shutDown: false }
  if (report.kind !== 'alarm' || report.row?.alarmClass !== 'intrusion' || !report.zone)
    return { state, judgement: plain }
  const zone = `${report.partition ?? ''}/${report.zone}${by ? `@${by}` : ''}`
  const known = state.chatter[zone]
  if (known?.untilMs !== undefined && nowMs < known.untilMs)
    return { state, judgement: { report, onlyRecorded: 'swinger', shutDown: false } }
  const atMs = [...(known?.atMs ?? []).filter(ms => nowMs - ms < CHATTER_MS), nowMs]
  const shutDown = atMs.length >= rule.after
  const entry = shutDown ? { atMs: [], untilMs: nowMs + rule.pauseMs } : { atMs }
  const others: (readonly [string, AccountState['chatter'][string]])[] = []
  for (const name in state.chatter) {
    const one = state.chatter[name]
    if (one && name !== zone && Math.max(one.untilMs ?? 0, (one.atMs.at(-1) ?? 0) + CHATTER_MS) > nowMs)
      others.push([name, one])
  }
  const kept = Object.fromEntries([...others.slice(1 - MAX_STANDING), [zone, entry]])
  return { state: { ...state, chatter: kept }, judgement: { report, shutDown } }
}

function armOf({ arm }: AccountState, { kind, partition = '-' }: Report): ArmState | undefined {
  return kind === 'alarm' || kind === 'tamper' ? (arm[partition] ?? arm['-'])?.state : undefined
}

function armStateOf({ kind }: Report): ArmState | undefined {
  if (kind === 'open') return 'disarmed'
  if (kind === 'close') return 'armed'
  return kind === 'stay' ? 'stay' : undefined
}

/** Arming anew ends a shut-down, as panels do it. */
function withArm(state: AccountState, report: Report, armed: ArmState, atMs: number): AccountState {
  const partition = report.partition ?? '-'
  const others = Object.entries(state.arm).filter(([name]) => name !== partition)
  const entry = { state: armed, atMs, ...(report.user ? { user: report.user } : {}) }
  const arm = Object.fromEntries([...others.slice(1 - MAX_PARTITIONS), [partition, entry]])
  return { ...state, arm, chatter: armed === 'disarmed' ? state.chatter : {} }
}
