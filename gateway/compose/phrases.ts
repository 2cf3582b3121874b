/** Agreed phrases 暗语、口令: told to whoever works on the open incident, on record before; they are in no feed and on no other screen. */
import { may } from '../access/permissions.ts'
import { id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { PhraseRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'

export interface PhrasesDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly incidents: Pick<Incidents, 'get' | 'refuse'>
  readonly registry: Pick<Registry, 'subject'>
}

export function createPhrases({ clock, commit, incidents, registry }: PhrasesDeps): PhraseRooms {
  return {
    async phrases(incidentId, user) {
      const incident = incidents.get(incidentId)
      const found = incident && registry.subject(incident.subject.id)?.phrases
      if (!incident || !found) throw new GatewayError('NOT_FOUND', { incident: incidentId.slice(0, 80) })
      const actor: Actor = { kind: 'user', userId: id<UserId>(user.userId), name: user.name, login: user.login }
      const refuse = (code: 'NOT_OWNER' | 'ILLEGAL_TRANSITION', why: string) =>
        incidents.refuse(incidentId, 'phrases', actor, code, why)
      if (!isOpen(incident)) return refuse('ILLEGAL_TRANSITION', 'a phrase is told while the incident is open')
      const mine = incident.owner?.userId === user.userId
      if (!mine && !may(user, 'incident.take'))
        return refuse('NOT_OWNER', incident.owner ? `${incident.owner.name} has it` : 'nobody has acknowledged it yet')
      const { subject, number } = incident
      const object = `subject:${subject.id}`
      const entry = {
        atMs: clock.now(),
        who: personOf(user),
        action: 'subject.phrases',
        object,
        outcome: 'done' as const
      }
      const result = await commit({ audit: [{ ...entry, detail: { incident: number } }] })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      return found
    }
  }
}
