/** Ends by a timer that no clock moves what was set with an end (a test, a shelf), and tries again until that end is on record. */
import type { Clock, Log } from '../core/ports.ts'

export interface ForcedEndsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Said of an end that could not be kept. */
  readonly failed: string
  /** Ends it, or goes on where an earlier try stopped; nothing when that was done. */
  end(id: string): Promise<void>
}

export interface ForcedEnds {
  /** Never longer than it was said to last, whatever the clock shows after a restart. */
  arm(what: { readonly id: string; readonly startMs: number; readonly endMs: number }): void
  now(id: string): void
  again(id: string, error: unknown): void
  cancel(id: string): void
  stop(): void
}

const TRY_AGAIN_MS = 5_000

export function createForcedEnds({ clock, log, failed, end }: ForcedEndsOptions): ForcedEnds {
  const timers = new Map<string, () => void>()
  let stopped = false
  const cancel = (id: string): void => {
    timers.get(id)?.()
    timers.delete(id)
  }
  const after = (id: string, ms: number): void => {
    cancel(id)
    if (!stopped)
      timers.set(
        id,
        clock.after(ms, () => now(id))
      )
  }
  const again = (id: string, error: unknown): void => {
    log.warn({ err: error, id }, `${failed}; tried again`)
    after(id, TRY_AGAIN_MS)
  }
  const now = (id: string): void => {
    timers.delete(id)
    end(id).catch(error => again(id, error))
  }
  return {
    arm: ({ id, startMs, endMs }) => after(id, Math.max(0, Math.min(endMs - clock.now(), endMs - startMs))),
    now,
    again,
    cancel,
    stop() {
      stopped = true
      for (const id of [...timers.keys()]) cancel(id)
    }
  }
}
