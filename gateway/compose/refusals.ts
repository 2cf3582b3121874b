/** Puts on record what a role may not do (rule 14), bounded per person: a page that asks again and again must not fill the audit log. */
import type { Clock, Log } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export interface RefusalsDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly log: Log
}

/** `route` is method and pattern, e.g. `GET /api/incidents/:id`; `permission` is what was missing. Never rejects. */
export type Refusals = (user: SessionUser, route: string, permission: string) => Promise<void>

const WINDOW_MS = 60_000
const PER_WINDOW = 10
const MAX_PEOPLE = 10_000

export function createRefusals({ clock, commit, log }: RefusalsDeps): Refusals {
  const windows = new Map<string, { readonly sinceMs: number; count: number; before: number }>()
  return async (user, route, permission) => {
    let window = windows.get(user.userId)
    if (!window || clock.now() - window.sinceMs >= WINDOW_MS) {
      if (windows.size >= MAX_PEOPLE) windows.clear()
      window = { sinceMs: clock.now(), count: 0, before: Math.max(0, (window?.count ?? 0) - PER_WINDOW) }
      windows.set(user.userId, window)
    }
    window.count += 1
    if (window.count > PER_WINDOW) return
    // What the last minute did not write is counted on the next line.
    const detail = window.count === 1 && window.before > 0 ? { detail: { notWritten: window.before } } : {}
    const who = personOf(user)
    const entry = { atMs: clock.now(), who, action: 'refused', object: route, reason: permission } as const
    await commit({ audit: [{ ...entry, outcome: 'refused', ...detail }] }).catch(error =>
      log.error({ err: error, who, route }, 'a refusal could not be audited')
    )
  }
}
