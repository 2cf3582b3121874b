/** Who hears what: scopes by role, the audit of reading positions, and the coming and going of owners. */
import type { Access } from '../access/access.ts'
import { positionsRead } from '../access/audit.ts'
import { may } from '../access/permissions.ts'
import { id, type UserId } from '../core/brand.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR, fleetScope, unitScope } from '../feed/project.ts'
import type { FeedDoor } from '../http/ports.ts'

export interface FeedDoorDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly access: Pick<Access, 'onSessionEnd'>
  readonly hub: Hub
  /** Told when a person's first console comes and the last one goes. */
  presence(userId: UserId, online: boolean): void
}

export function scopesOf(user: SessionUser): readonly string[] {
  if (may(user, 'incident.read')) return [FLOOR]
  if (user.unitId) return [unitScope(user.unitId)]
  return user.fleetId ? [fleetScope(user.fleetId)] : []
}

export function createFeedDoor(deps: FeedDoorDeps): FeedDoor {
  const { clock, hub } = deps
  return {
    now: () => clock.now(),
    onSessionEnd: listener => deps.access.onSessionEnd(session => listener(session.key)),
    async subscribe(sink, user, resume) {
      const scopes = scopesOf(user)
      // Rule 10: reading positions is audited; one entry stands for as long as the console is connected.
      if (scopes.includes(FLOOR)) await deps.commit({ audit: [positionsRead(clock.now(), user, 'units', 1)] })
      const viewer = await hub.subscribe(sink, user, scopes, resume)
      deps.presence(id<UserId>(user.userId), true)
      return {
        leave() {
          viewer.leave()
          for (const other of hub.viewers()) if (other.user.userId === user.userId) return
          deps.presence(id<UserId>(user.userId), false)
        }
      }
    }
  }
}
