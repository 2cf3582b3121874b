/**
 * Readings of positions on record (rule 10). The first of a person is durable before anything is shown; the same person's further ones of the
 * same thing within a minute are one more row, with their count and from when to when: a console that comes and goes fills no audit log.
 */
import { positionsRead } from '../access/audit.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export interface PositionReadsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
}

export interface PositionReads {
  /** Resolves once it is on record that this person sees this (`units`, `incident:<number>`); rejects, and nothing may be shown, when it cannot be. */
  read(user: SessionUser, object: string): Promise<void>
  /** Puts down what is counted so far. */
  stop(): Promise<void>
}

interface Further {
  readonly user: SessionUser
  readonly object: string
  count: number
  fromMs: number
  toMs: number
}

interface Minute {
  readonly durable: Promise<void>
  readonly further: Further
  cancel: () => void
}

const MINUTE_MS = 60_000
/** Persons × things folded at once; beyond it each reading is a row of its own. */
const MAX_MINUTES = 1_000

export function createPositionReads({ clock, log, commit }: PositionReadsDeps): PositionReads {
  const minutes = new Map<string, Minute>()
  /** What could not be put down yet. */
  const owed = new Set<Further>()
  let again: (() => void) | undefined
  let stopped = false

  const put = async (user: SessionUser, object: string, count: number, span?: { fromMs: number; toMs: number }) => {
    const entry = positionsRead(clock.now(), user, object, count, span)
    const result = await commit({ audit: [entry] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const fold = async (): Promise<void> => {
    again?.()
    again = undefined
    for (const each of [...owed]) {
      // Another close has it in hand.
      if (!owed.delete(each)) continue
      const { user, object, count, fromMs, toMs } = each
      await put(user, object, count, { fromMs, toMs }).catch(error => {
        owed.add(each)
        log.warn({ err: error, user: user.login }, 'further readings of positions are put down later')
      })
    }
    if (owed.size > 0 && !stopped) again ??= clock.after(MINUTE_MS, () => void fold())
  }
  const close = (key: string): Promise<void> => {
    const minute = minutes.get(key)
    minute?.cancel()
    minutes.delete(key)
    if (minute && minute.further.count > 0) owed.add(minute.further)
    return fold()
  }
  const first = (key: string, user: SessionUser, object: string): Minute => {
    const durable = put(user, object, 1)
    const minute: Minute = {
      durable,
      further: { user, object, count: 0, fromMs: 0, toMs: 0 },
      cancel: clock.after(MINUTE_MS, () => void close(key))
    }
    minutes.set(key, minute)
    // What is not on record stands for nothing.
    durable.catch(() => {
      minute.cancel()
      if (minutes.get(key) === minute) minutes.delete(key)
    })
    return minute
  }

  return {
    async read(user, object) {
      const key = `${personOf(user)}\n${object}`
      const known = minutes.get(key)
      if (!known) {
        if (minutes.size >= MAX_MINUTES) return put(user, object, 1)
        return first(key, user, object).durable
      }
      const { further } = known
      further.toMs = clock.now()
      if (further.count++ === 0) further.fromMs = further.toMs
      return known.durable
    },
    async stop() {
      stopped = true
      for (const key of [...minutes.keys()]) await close(key)
      await fold()
    }
  }
}
