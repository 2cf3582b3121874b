/** The system's time behind the Clock port. */
import type { Clock } from '../core/ports.ts'

/** setTimeout takes a signed 32-bit number; beyond it Node would call back at once. */
const LONGEST_MS = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  // Of the machine, not of the process: a ticket that one has given is read by another.
  steady() {
    const [s, ns] = process.hrtime()
    return s * 1_000 + ns / 1_000_000
  },
  after(ms, callback) {
    // Thousands run at once: no closure of ours for what Node takes as it is.
    if (ms <= LONGEST_MS) {
      const short = setTimeout(callback, Math.max(0, ms))
      return () => clearTimeout(short)
    }
    let timer: NodeJS.Timeout
    const wait = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_MS)
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : callback()), stepMs)
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
  every(ms, callback) {
    const timer = setInterval(callback, Math.min(ms, LONGEST_MS))
    return () => clearInterval(timer)
  }
}
