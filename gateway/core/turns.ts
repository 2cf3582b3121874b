/** Work that can wait for what answers a device: a share of it each turn of the event loop, in its order; what is read and answered goes between. */

/** Worked in one turn at least; with more waiting an eighth of it, so that a busy loop with few turns starves nobody. */
const LEAST = 16
const SHARE = 8
/** What was worked is let go of after so many. */
const TRIM = 1_000

export interface Turns {
  /** Calls it in a later turn, after everything added before; it must not throw. */
  add(work: () => void): void
  readonly waiting: number
}

export function createTurns(later: (run: () => void) => unknown = setImmediate): Turns {
  let queue: (() => void)[] = []
  let next = 0
  let isDue = false
  const due = (): void => {
    isDue = true
    later(run)
  }
  const run = (): void => {
    const end = Math.min(queue.length, next + Math.max(LEAST, Math.ceil((queue.length - next) / SHARE)))
    while (next < end) queue[next++]?.()
    if (next === queue.length || next > TRIM) {
      queue = queue.slice(next)
      next = 0
    }
    isDue = false
    if (queue.length > next) due()
  }
  return {
    add(work) {
      queue.push(work)
      if (!isDue) due()
    },
    get waiting() {
      return queue.length - next
    }
  }
}
