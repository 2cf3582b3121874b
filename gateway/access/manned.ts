/** Which seats are manned 值守: by whoever has a console open there, and for a while after the last one went, as when a page is loaded anew. */
import type { Clock } from '../core/ports.ts'
import type { SessionUser } from '../core/wire.ts'

/** Longer than a console needs to come back after a reload, a restart of the gateway or a cable pulled by mistake. */
export const MANNED_MS = 60_000

export interface Manned {
  /** Its session has just begun: the page that logged in opens its feed in a moment. */
  begun(user: SessionUser): void
  /** A console of this session has its feed; the answer is called once, when it has gone. */
  watched(user: SessionUser): () => void
  is(user: SessionUser): boolean
}

/** By the clock that nobody sets. Sessions of before a restart count as just begun: their consoles are still finding the way back. */
export function createManned(clock: Pick<Clock, 'steady'>): Manned {
  const startedMs = clock.steady()
  const consoles = new Map<string, number>()
  const lastMs = new Map<string, number>()
  // A seat holds one session, and a person sits at one seat.
  const key = (user: SessionUser) => `${user.seat} ${user.userId}`
  return {
    begun: user => void lastMs.set(key(user), clock.steady()),
    watched(user) {
      const place = key(user)
      consoles.set(place, (consoles.get(place) ?? 0) + 1)
      return () => {
        const left = (consoles.get(place) ?? 1) - 1
        if (left > 0) consoles.set(place, left)
        else consoles.delete(place)
        lastMs.set(place, clock.steady())
      }
    },
    is: user => consoles.has(key(user)) || clock.steady() - (lastMs.get(key(user)) ?? startedMs) < MANNED_MS
  }
}
