/**
 * Refusals on record, bounded by person and what was refused: whoever asks again and again must not fill the audit log (rule 14). What a minute
 * did not write is one row with its number when the minute ends, and at the stop of the gateway; a kill loses at most that number.
 */
import type { Clock, Log } from '../core/ports.ts'
import type { AuditEntry, Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export type Refused = Pick<AuditEntry, 'who' | 'action' | 'object' | 'reason'>

export interface RefusalBookDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly log: Log
}

export interface RefusalBook {
  /** Rejects when it had to be written and could not be. */
  put(refused: Refused): Promise<void>
  /** Puts down what is counted so far. */
  stop(): Promise<void>
}

interface Minute {
  count: number
  last: Refused
  cancel(): void
}

const WINDOW_MS = 60_000
const PER_WINDOW = 10
/** Persons counted at once; beyond it the oldest minute ends early. */
const MAX_PEOPLE = 10_000

export function createRefusalBook({ clock, commit, log }: RefusalBookDeps): RefusalBook {
  const minutes = new Map<string, Minute>()
  let stopped = false

  const write = async (refused: Refused, notWritten = 0): Promise<void> => {
    const detail = notWritten > 0 ? { detail: { notWritten } } : {}
    await commit({ audit: [{ ...refused, atMs: clock.now(), outcome: 'refused', ...detail }] })
  }
  const minuteOf = (key: string, last: Refused): Minute => {
    const known = minutes.get(key)
    if (known) return known
    const [oldest] = minutes.keys()
    if (oldest !== undefined && minutes.size >= MAX_PEOPLE) void close(oldest)
    const minute = { count: 0, last, cancel: clock.after(WINDOW_MS, () => void close(key)) }
    minutes.set(key, minute)
    return minute
  }
  const close = async (key: string): Promise<void> => {
    const minute = minutes.get(key)
    minutes.delete(key)
    minute?.cancel()
    if (!minute || minute.count <= PER_WINDOW) return
    const { last, count } = minute
    await write(last, count - PER_WINDOW).catch(error => {
      log.warn({ err: error, who: last.who, count }, 'counted refusals could not be put down')
      // They are counted with those of the next minute.
      if (!stopped) minuteOf(key, last).count += count
    })
  }

  return {
    async put(refused) {
      const minute = minuteOf(`${refused.action}\n${refused.who}`, refused)
      minute.last = refused
      minute.count += 1
      if (minute.count <= PER_WINDOW) await write(refused)
    },
    async stop() {
      stopped = true
      for (const key of [...minutes.keys()]) await close(key)
    }
  }
}

/** What a role may not do. `route` is method and pattern, e.g. `GET /api/incidents/:id`; `permission` is what was missing. Never rejects. */
export type Refusals = (user: SessionUser, route: string, permission: string) => Promise<void>

export function createRefusals(book: Pick<RefusalBook, 'put'>, log: Log): Refusals {
  return async (user, route, permission) => {
    const who = personOf(user)
    await book
      .put({ who, action: 'refused', object: route, reason: permission })
      .catch(error => log.error({ err: error, who, route }, 'a refusal could not be audited'))
  }
}
