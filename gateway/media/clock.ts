/** The machine's own time, for worker processes: they are composition roots of their own, a Clock cannot travel over IPC. */
import type { Clock } from '../core/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  // Of the machine, not of the process: a ticket that one has given is read by another.
  steady() {
    const [s, ns] = process.hrtime()
    return s * 1_000 + ns / 1_000_000
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms)
    return () => clearInterval(timer)
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(clock: Clock, ms: number, abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (abort.aborted) return resolve()
    const done = (): void => {
      cancel()
      abort.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    abort.addEventListener('abort', done, { once: true })
  })
}
