/** Puts on record what a role may not do (rule 14), bounded per person: a page that asks again and again must not fill the audit log. */
import type { Clock, Log } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createRefusalWindow } from './refusal-window.ts'

export interface RefusalsDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly log: Log
}

/** `route` is method and pattern, e.g. `GET /api/incidents/:id`; `permission` is what was missing. Never rejects. */
export type Refusals = (user: SessionUser, route: string, permission: string) => Promise<void>

export function createRefusals({ clock, commit, log }: RefusalsDeps): Refusals {
  const window = createRefusalWindow(clock)
  return async (user, route, permission) => {
    const written = window.next(user.userId)
    if (!written) return
    const detail = written.notWritten > 0 ? { detail: { notWritten: written.notWritten } } : {}
    const who = personOf(user)
    const entry = { atMs: clock.now(), who, action: 'refused', object: route, reason: permission } as const
    await commit({ audit: [{ ...entry, outcome: 'refused', ...detail }] }).catch(error =>
      log.error({ err: error, who, route }, 'a refusal could not be audited')
    )
  }
}
