/** Listening to open calls: an incident's own call only, on record before the ticket is given; over with the session. */
import { type EvidenceId, id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import type { Adapter, Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import type { HearMode } from '../core/voice.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser, Ticket } from '../core/wire.ts'
import type { VoiceRooms } from '../http/ports.ts'

export interface VoiceDeskDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly incidents: { all(): Iterable<Incident> }
  readonly parts: readonly { readonly adapter: Adapter }[]
  readonly access: {
    isLoggedIn(userId: UserId): boolean
    onSessionEnd(listener: (session: { readonly user: SessionUser }) => void): () => void
  }
}

/** `hear`: NOT_FOUND without an open incident of that call, MEDIA_UNAVAILABLE when the call is over. */
export function createVoiceDesk({ clock, commit, incidents, parts, access }: VoiceDeskDeps): VoiceRooms & {
  stop(): void
} {
  const stop = access.onSessionEnd(({ user }) => {
    const userId = id<UserId>(user.userId)
    if (access.isLoggedIn(userId)) return
    for (const { adapter } of parts) adapter.voice?.endUser(userId)
  })
  return {
    stop,
    async hear(recording: EvidenceId, mode: HearMode, user: SessionUser): Promise<Ticket> {
      const incident = [...incidents.all()].find(each => each.evidence.some(one => one.id === recording))
      const item = incident?.evidence.find(each => each.id === recording && each.kind === 'voice')
      if (!incident || !item) throw new GatewayError('NOT_FOUND', { evidence: recording.slice(0, 80) })
      if (item.state !== 'recording') throw new GatewayError('MEDIA_UNAVAILABLE', { state: item.state })
      const detail = { incident: incident.number, mode }
      const written = await commit({
        audit: [
          {
            ...{ atMs: clock.now(), who: personOf(user), action: 'voiceHear', object: `evidence:${recording}` },
            ...{ outcome: 'done', detail }
          }
        ]
      })
      if (!written.ok) throw new GatewayError('STORE_FAILED', { conflict: written.conflict })
      for (const { adapter } of parts) {
        const ticket = adapter.voice?.ticket(recording, mode, id<UserId>(user.userId))
        if (ticket) return ticket
      }
      throw new GatewayError('MEDIA_UNAVAILABLE', { why: 'the call is over' })
    }
  }
}
