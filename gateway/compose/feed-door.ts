/** Who hears what: scopes by role, the audit of reading positions, and the coming and going of owners. */
import type { Access } from '../access/access.ts'
import { may } from '../access/permissions.ts'
import { id, type UserId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR, fleetScope, KEEPER, unitScope } from '../feed/project.ts'
import type { FeedDoor } from '../http/ports.ts'
import type { PositionReads } from './position-reads.ts'

export interface FeedDoorDeps {
  readonly clock: Clock
  readonly log: Log
  readonly positionReads: Pick<PositionReads, 'read'>
  readonly access: Pick<Access, 'onSessionEnd' | 'watched'>
  readonly hub: Hub
  /** Told when a person's first console comes and the last one goes. */
  presence(userId: UserId, online: boolean): void
}

/** The floor's feed has telephones, contacts and medical notes, and shows them unasked: who only reads asks for each incident, on record. */
export function scopesOf(user: SessionUser): readonly string[] {
  if (may(user, 'incident.act')) return [FLOOR]
  if (may(user, 'patrol.self') && user.unitId) return [unitScope(user.unitId)]
  if (may(user, 'fleet.read') && user.fleetId) return [fleetScope(user.fleetId)]
  return may(user, 'diagnostics.read') ? [KEEPER] : []
}

/** A reading of positions that could not be put on record is tried again this often. */
const AUDIT_AGAIN_MS = 1_000

export function createFeedDoor(deps: FeedDoorDeps): FeedDoor {
  const { clock, hub } = deps
  /** Rule 10: reading positions is audited; one entry stands for as long as the console is connected. */
  const onRecord = (user: SessionUser): Promise<boolean> =>
    deps.positionReads.read(user, 'units').then(
      () => true,
      error => {
        deps.log.warn({ err: error, user: user.login }, 'reading positions could not be audited: they are withheld')
        return false
      }
    )
  const untilOnRecord = (user: SessionUser, done: () => void): (() => void) => {
    let trying = false
    let stopped = false
    const again = () => {
      if (trying) return
      trying = true
      void onRecord(user).then(good => {
        trying = false
        if (!good || stopped) return
        stop()
        done()
      })
    }
    const cancel = clock.every(AUDIT_AGAIN_MS, again)
    const stop = () => {
      stopped = true
      cancel()
    }
    return stop
  }
  return {
    now: () => clock.now(),
    onSessionEnd: listener => deps.access.onSessionEnd(session => listener(session.key)),
    async subscribe(sink, user, resume) {
      const scopes = scopesOf(user)
      // With a full disk the floor sees its alarms all the same, only nobody's position.
      const asks = scopes.includes(FLOOR) && may(user, 'position.read')
      const positions = !scopes.includes(FLOOR) || (asks && (await onRecord(user)))
      const viewer = await hub.subscribe(sink, user, scopes, resume, { positions })
      const stopRetry = positions || !asks ? () => {} : untilOnRecord(user, () => viewer.showPositions())
      deps.presence(id<UserId>(user.userId), true)
      const gone = deps.access.watched(user)
      return {
        leave() {
          stopRetry()
          viewer.leave()
          gone()
          for (const other of hub.viewers()) if (other.user.userId === user.userId) return
          deps.presence(id<UserId>(user.userId), false)
        }
      }
    }
  }
}
