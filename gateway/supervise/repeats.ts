/** While the store cannot write, whatever is due fails at every tick: the same fault again within a minute is counted, not written. */
import { GatewayError } from '../core/errors.ts'

export interface Repeat {
  readonly message: string
  readonly code: string
  /** Lines left out since the one that was written. */
  readonly again: number
}

export interface Repeats {
  /** How many of the same were left out before this line; undefined: it is left out itself. */
  count(fields: object, message: string): number | undefined
  /** What was left out and did not come again: told once, when its minute is over. */
  owed(): readonly Repeat[]
}

const WINDOW_MS = 60_000
/** Kinds of fault; the reasons are the system's own and few. */
const MAX_KINDS = 200

export function createRepeats(steadyMs: () => number): Repeats {
  const kinds = new Map<string, { readonly message: string; readonly code: string; atMs: number; again: number }>()
  return {
    count(fields, message) {
      const error = storeFault(fields)
      if (!error) return 0
      const key = `${message}\n${error.code}\n${error.detail.why}`
      const kind = kinds.get(key)
      const nowMs = steadyMs()
      if (!kind) {
        if (kinds.size < MAX_KINDS) kinds.set(key, { message, code: error.code, atMs: nowMs, again: 0 })
        return 0
      }
      if (nowMs - kind.atMs < WINDOW_MS) {
        kind.again += 1
        return undefined
      }
      const { again } = kind
      kind.atMs = nowMs
      kind.again = 0
      return again
    },
    owed() {
      if (kinds.size === 0) return []
      const nowMs = steadyMs()
      const over = [...kinds].filter(([, { atMs }]) => nowMs - atMs >= WINDOW_MS)
      for (const [key] of over) kinds.delete(key)
      return over.flatMap(([, { message, code, again }]) => (again > 0 ? [{ message, code, again }] : []))
    }
  }
}

function storeFault(fields: object): GatewayError | undefined {
  const { err, error = err } = fields as { readonly err?: unknown; readonly error?: unknown }
  if (!(error instanceof GatewayError)) return undefined
  return error.code === 'STORE_FAILED' || error.code === 'JOURNAL_UNAVAILABLE' ? error : undefined
}
