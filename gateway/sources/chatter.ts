/** Chatter (domain "Storm"): an alarm of one source that changes between new and restored three times a minute. Pure over what it is told. */
import type { Signal } from '../core/signal.ts'

const WINDOW_MS = 60_000
export const CHATTERS_FROM = 3
/** Alarms whose last minute is remembered; beyond it the one that was quiet longest is forgotten. */
const MAX_TRACKED = 10_000

interface Line {
  readonly on: boolean
  readonly changesMs: readonly number[]
}

/**
 * True when this signal is the third change within a minute. Repeated reports without a restore between them are presses (rule 6), no chatter:
 * somebody who walks past a detector again and again must ring.
 */
export function createChatter() {
  const lines = new Map<string, Line>()
  return (key: string, { qualifier, receivedTimeMs: atMs }: Pick<Signal, 'qualifier' | 'receivedTimeMs'>): boolean => {
    const on = qualifier === 'new'
    const before = lines.get(key)
    if ((before?.on ?? false) === on) return false
    const changesMs = [...(before?.changesMs ?? []), atMs].filter(ms => atMs - ms < WINDOW_MS).slice(-CHATTERS_FROM)
    lines.delete(key)
    lines.set(key, { on, changesMs })
    if (lines.size > MAX_TRACKED) lines.delete(lines.keys().next().value as string)
    return changesMs.length >= CHATTERS_FROM
  }
}
