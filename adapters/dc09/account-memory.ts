/**
 * An account's past as it is written down, pure: seldom the whole of it, with each event only what came since. The whole is some kB for a box with
 * many zones; written for each event it was a third of what an event costs.
 */
import type { Remember } from '../../gateway/core/ports.ts'
import type { Report } from '../kit/alarm-report.ts'
import { type AccountState, parseAccount, type SwingerRule, stepAccount } from './account.ts'
import { decodeReports } from './decode.ts'

/** One event as it can be judged again. */
export interface Past {
  readonly digest: string
  readonly atMs: number
  /** `*` before it: it could not be deciphered. */
  readonly id: string
  readonly data: string
  /** See Heard of account.ts; older versions wrote none down. */
  readonly by?: string | undefined
}

export interface Memory {
  readonly state: AccountState
  /** Names the whole that `since` follows; undefined: none was written yet. */
  readonly wholeMs: number | undefined
  /** A line for each event since. */
  readonly since: readonly string[]
}

/** Events until the whole is written again, and characters of them. */
const MAX_SINCE = 16
const MAX_CHARS = 1_200

export const sinceKey = (key: string): string => `since:${key}`

/** What the ciphertext of an event of this kind says: that somebody reported something. */
export function undecipherableReport(id: string): Report {
  return { code: id, kind: 'alarm', qualifier: 'new', still: false }
}

export function reportsOf({ id, data }: Pick<Past, 'id' | 'data'>): readonly Report[] {
  return id.startsWith('*') ? [undecipherableReport(id)] : decodeReports(id, data)
}

/** What is known after an event, and the entry that makes it durable. */
export function writeDown(
  before: Memory,
  { digest, atMs, id, data, by }: Past,
  state: AccountState,
  key: string
): { readonly memory: Memory; readonly entry: Remember } {
  const since = [...before.since, JSON.stringify([digest, atMs, id, data, ...(by ? [by] : [])])]
  const text = JSON.stringify(before.wholeMs) + since.map(line => `\n${line}`).join('')
  if (before.wholeMs !== undefined && since.length <= MAX_SINCE && text.length <= MAX_CHARS)
    return { memory: { state, wholeMs: before.wholeMs, since }, entry: { key: sinceKey(key), value: text } }
  // Another name than the whole before, also where the clock stands still: the events before this one are in it.
  const wholeMs = before.wholeMs !== undefined && before.wholeMs >= atMs ? before.wholeMs + 1 : atMs
  return { memory: { state, wholeMs, since: [] }, entry: { key, value: JSON.stringify({ ...state, wholeMs }) } }
}

/** After a restart. What follows another whole is older than this one, and in it. */
export function readBack(recall: (key: string) => string | undefined, key: string, rule: SwingerRule): Memory {
  const whole = recall(key)
  const wholeMs = wholeMsOf(whole)
  const [name, ...lines] = (recall(sinceKey(key)) ?? '').split('\n')
  let state = parseAccount(whole)
  const since: string[] = []
  const follows = wholeMs !== undefined && name === JSON.stringify(wholeMs)
  for (const line of follows ? lines : []) {
    const past = pastOf(line)
    if (!past) continue
    const { digest, atMs: nowMs, by } = past
    state = stepAccount(state, { digest, nowMs, reports: reportsOf(past), by }, rule).state
    since.push(line)
  }
  return { state, wholeMs, since }
}

function wholeMsOf(text: string | undefined): number | undefined {
  try {
    const { wholeMs } = JSON.parse(text ?? '{}') as { wholeMs?: unknown }
    return typeof wholeMs === 'number' ? wholeMs : undefined
  } catch {
    return undefined
  }
}

function pastOf(line: string): Past | undefined {
  try {
    const [digest, atMs, id, data, by] = JSON.parse(line) as unknown[]
    const right =
      typeof digest === 'string' && typeof atMs === 'number' && typeof id === 'string' && typeof data === 'string'
    return right && (by === undefined || typeof by === 'string') ? { digest, atMs, id, data, by } : undefined
  } catch {
    return undefined
  }
}
