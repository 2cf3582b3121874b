/** The time by which retention deletes: the clock's, but never further on than time has really gone by, so that a wrong clock deletes nothing. */
import type { Clock, Log } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import type { Notices } from './notices.ts'

const KIND = 'keep.time'
const KEY = 'now'
const TICK_MS = 60_000
const SAVE_MS = 600_000
const HOUR_MS = 3_600_000
/** A clock that is further ahead than this of the time that has gone by was set, or the gateway was off for as long. */
const AHEAD_MS = 24 * HOUR_MS
/** After so long on the floor's screens, with the gateway running, it is believed. */
const BELIEVED_MS = 24 * HOUR_MS

export interface KeepTimeDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly notices: Pick<Notices, 'set' | 'clear'>
}

export interface KeepTime {
  /** UTC ms; behind the clock while that is not believed. */
  now(): number
  stop(): void
}

/** Goes by timers, which no setting of the clock moves; kept over restarts. Rejects when the store cannot be read. */
export async function createKeepTime({ clock, log, store, notices }: KeepTimeDeps): Promise<KeepTime> {
  const [row] = await store.documents({ kind: KIND, limit: 1 })
  let nowMs = (row?.body as { atMs: number } | undefined)?.atMs ?? clock.now()
  let aheadForMs = 0
  let savedForMs = SAVE_MS

  const judge = (): void => {
    const aheadMs = clock.now() - nowMs
    if (aheadMs <= AHEAD_MS || aheadForMs >= BELIEVED_MS) {
      notices.clear('clockAhead')
      aheadForMs = 0
      nowMs = clock.now()
      return
    }
    if (aheadForMs === 0) log.warn({ aheadMs }, 'the clock is ahead of the time gone by; nothing is deleted by age yet')
    notices.set('clockAhead', {
      level: 'warning',
      code: 'clockAhead',
      data: { hours: Math.round(aheadMs / HOUR_MS) }
    })
  }
  const save = (): void => {
    savedForMs = 0
    store
      .commit({ documents: [{ kind: KIND, key: KEY, body: { atMs: nowMs } }] })
      .catch(error => log.warn({ err: error }, 'the time of retention could not be kept; tried again'))
  }
  const tick = (): void => {
    nowMs += TICK_MS
    judge()
    if (clock.now() - nowMs > AHEAD_MS) aheadForMs += TICK_MS
    savedForMs += TICK_MS
    if (savedForMs >= SAVE_MS) save()
  }
  judge()
  save()
  const stop = clock.every(TICK_MS, tick)
  return { now: () => Math.min(nowMs, clock.now()), stop }
}
