/** What a patrol has begun to report: kept over reloads, and when its order goes away before it was sent (recalled, filed). Pure. */
import type { PatrolTask } from '../../../../gateway/core/wire.ts'

export interface Draft {
  readonly assignmentId: string
  readonly incidentId: string
  /** Of the incident, to tell which it was. */
  readonly number: string
  readonly chosen: readonly string[]
  readonly free: string
  /** The joined sentence. */
  readonly text: string
  /** What of it was sent last. */
  readonly sent: string
  readonly atMs: number
}

/** The gateway takes it no longer than this. */
const OLDEST_MS = 24 * 3_600_000
const MOST = 5

export const isUnsent = ({ text, sent }: Pick<Draft, 'text' | 'sent'>): boolean => text !== '' && text !== sent

/** Newest first, one of each order. */
export function withDraft(drafts: readonly Draft[], draft: Draft): readonly Draft[] {
  const others = drafts.filter(each => each.assignmentId !== draft.assignmentId)
  return [draft, ...others.filter(each => draft.atMs - each.atMs <= OLDEST_MS)].slice(0, MOST)
}

/** Those that were not sent and whose order is gone. */
export function leftOf(
  drafts: readonly Draft[],
  tasks: readonly Pick<PatrolTask, 'assignmentId'>[],
  nowMs: number
): readonly Draft[] {
  const running = new Set(tasks.map(each => each.assignmentId))
  return drafts.filter(each => isUnsent(each) && !running.has(each.assignmentId) && nowMs - each.atMs <= OLDEST_MS)
}

/** Whatever was kept; what is no draft is left out, never an error. */
export function readDrafts(text: string | null): readonly Draft[] {
  try {
    const raw: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(raw) ? raw.filter(isDraft) : []
  } catch {
    return []
  }
}

const WORDS = ['assignmentId', 'incidentId', 'number', 'free', 'text', 'sent'] as const

function isDraft(raw: unknown): raw is Draft {
  const each = raw as Partial<Record<keyof Draft, unknown>> | null
  if (typeof each !== 'object' || !each || typeof each.atMs !== 'number') return false
  return WORDS.every(name => typeof each[name] === 'string') && Array.isArray(each.chosen)
}
