/** Takes services and units into the open telephone call of an incident: on record before anybody is rung, and the end of each after it. */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import { type IncidentId, id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import type { CallEnd, PlacedCall } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { type CallJoin, isInCall, type PartyChange, VOICE_SERVICES, type VoiceService } from '../core/voice-party.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Registry } from '../registry/registry.ts'
import { isDuressAt } from './duress.ts'

export interface VoicePartyDeps {
  readonly clock: Clock
  readonly log: Log
  readonly config: Pick<Config, 'incidents'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'alarmsOf' | 'callsOf' | 'step' | 'refuse'>
  readonly registry: Pick<Registry, 'unit'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

export interface VoiceParties {
  /** `to` is a service or a unit's id. Throws the refusal's GatewayError. */
  add(incidentId: IncidentId, to: string, owner: Owner | undefined, actor: Actor): Promise<Incident>
  drop(incidentId: IncidentId, party: string, owner: Owner | undefined, actor: Actor): Promise<Incident>
  stop(): void
}

const SYSTEM: Actor = { kind: 'system' }
const RING_MS = 60_000
const SETTING = { '110': 'police', '119': 'fire', '120': 'medical', '12345': 'hotline' } as const

export function createVoiceParties(deps: VoicePartyDeps): VoiceParties {
  const { incidents, log } = deps
  const live = new Map<string, PlacedCall>()
  const adapters = deps.parts.map(part => part.adapter).filter(adapter => adapter.placeCall && adapter.onLine)

  const targetOf = (to: string): { readonly name: string; readonly number: string } | undefined => {
    const service = VOICE_SERVICES.find(each => each === to)
    if (service) return { name: service, number: deps.config.incidents.voiceTransfer[SETTING[service as VoiceService]] }
    const unit = deps.registry.unit(id<UnitId>(to))
    return unit && { name: unit.name, number: unit.phone ?? '' }
  }
  const joinOf = (incident: Incident): CallJoin => ({
    incidentId: incident.id,
    sources: [...new Set(incidents.alarmsOf(incident.id).map(alarm => alarm.sourceId))]
  })

  const write = (incidentId: IncidentId, change: PartyChange, actor: Actor = SYSTEM, owner?: Owner) =>
    incidents.step(incidentId, { kind: 'party', change, ...(owner ? { owner } : {}) }, actor)
  const put = (incidentId: IncidentId, change: PartyChange): void => {
    write(incidentId, change).catch(error =>
      log.warn({ err: error, change: change.what }, 'a party of a call was not put down')
    )
  }

  const duressIn = (incidentId: IncidentId): boolean => {
    const incident = incidents.get(incidentId)
    return incident !== undefined && isDuressAt(incident, incidents)
  }

  const whyNot = (adapter: Adapter | undefined, number: string): string | undefined => {
    if (number === '') return 'no number is set for this party'
    if (!adapter) return 'nobody of this incident is on the telephone'
    return (adapter.freeLines?.(number) ?? 0) > 0 ? undefined : 'no line is free'
  }

  // What was in a call when the gateway ended is in none now.
  for (const incident of incidents.all())
    for (const party of incident.parties ?? [])
      if (isInCall(party)) put(incident.id, { what: 'left', party: party.id, end: 'failed' })

  return {
    async add(incidentId, to, owner, actor) {
      const incident = incidents.get(incidentId)
      const target = targetOf(to)
      if (!incident || !target) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      const join = joinOf(incident)
      const adapter = adapters.find(each => (each.onLine?.(join) ?? 0) > 0)
      const why = duressIn(incidentId) ? 'duress: nobody else may be heard there' : whyNot(adapter, target.number)
      if (why) return incidents.refuse(incidentId, 'party', actor, 'ILLEGAL_TRANSITION', why)
      const party = randomUUID()
      const after = await write(incidentId, { what: 'ask', party, name: target.name }, actor, owner)
      const request = { number: target.number, ringMs: RING_MS, speech: { pieces: [], repeat: true }, join }
      const call = adapter?.placeCall?.(request, {
        ringing: () => {},
        // Before it is heard by anybody: a mark of duress may have come while it rang (rule 5).
        answered: () => (duressIn(incidentId) ? call?.hangUp() : put(incidentId, { what: 'joined', party })),
        digit: () => {},
        spoken: () => {},
        ended(end: CallEnd) {
          live.delete(party)
          put(incidentId, { what: 'left', party, end })
        }
      })
      if (call) live.set(party, call)
      return after
    },
    async drop(incidentId, party, owner, actor) {
      const call = live.get(party)
      if (!call)
        return incidents.refuse(incidentId, 'party', actor, 'ILLEGAL_TRANSITION', 'this party is not in the call')
      const incident = incidents.get(incidentId)
      if (owner && incident?.owner?.userId !== owner.userId)
        return incidents.refuse(incidentId, 'party', actor, 'NOT_OWNER', `${incident?.owner?.name ?? 'nobody'} has it`)
      const after = await write(incidentId, { what: 'left', party, end: 'byUs' }, actor)
      live.delete(party)
      call.hangUp()
      return after
    },
    stop() {
      for (const call of live.values()) call.hangUp()
    }
  }
}
