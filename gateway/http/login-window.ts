/** How often each address has asked in the window under way, for the rate limit, by the clock that nobody sets: one set back must not make a minute an hour long. */
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { Clock } from '../core/ports.ts'

interface Window {
  readonly sinceMs: number
  count: number
}

/** Addresses remembered; beyond it the one whose window began first is forgotten. */
const MAX_ADDRESSES = 5_000

export function steadyWindows(clock: Pick<Clock, 'steady'>): FastifyRateLimitStoreCtor {
  return class SteadyWindows implements FastifyRateLimitStore {
    readonly #windows = new Map<string, Window>()

    incr(...[address, done, windowMs = 60_000]: Parameters<FastifyRateLimitStore['incr']>): void {
      const nowMs = clock.steady()
      let window = this.#windows.get(address)
      if (!window || nowMs - window.sinceMs >= windowMs) {
        this.#windows.delete(address)
        if (this.#windows.size >= MAX_ADDRESSES) this.#windows.delete(this.#windows.keys().next().value ?? '')
        window = { sinceMs: nowMs, count: 0 }
        this.#windows.set(address, window)
      }
      window.count += 1
      done(null, { current: window.count, ttl: window.sinceMs + windowMs - nowMs })
    }

    /** Of one route: it counts by itself. */
    child(): SteadyWindows {
      return new SteadyWindows()
    }
  }
}
