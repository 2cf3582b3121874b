/** Call-back 回拨: an operator rings a number of his incident and talks; on record before it rings, recorded as evidence, one call a person. */
import { randomUUID } from 'node:crypto'
import { may } from '../access/permissions.ts'
import { type EvidenceId, type IncidentId, id, type SourceId, type UserId } from '../core/brand.ts'
import { namesOf } from '../core/called.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { CallEnd } from '../core/placed-call.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import type { LineData, Step } from '../core/step.ts'
import type { TalkNumber, TalkRequest, TalkStarted, WayChosen } from '../core/voice.ts'
import type { SessionUser } from '../core/wire.ts'
import type { TalkRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import { isDuressAt, isDuressOn, isSilentAt } from './duress.ts'

export interface TalkDeskDeps {
  readonly clock: Clock
  readonly log: Log
  readonly incidents: Pick<Incidents, 'get' | 'alarmsOf' | 'callsOf' | 'callsFrom' | 'step' | 'refuse'>
  readonly parts: readonly { readonly adapter: Adapter }[]
}

const RING_MS = 45_000
/** A voice channel is taken within this, or there is none. */
const LINE_MS = 3_000
const LOOK_MS = 20
/** How soon a mark of duress, or a silent press, ends the ringing. */
const WATCH_MS = 100
const SILENCE = { pieces: [], repeat: false }

type No = readonly [ErrorCode, string]
type ContactNumber = TalkNumber & Required<Pick<TalkNumber, 'relation'>>

const isContact = (to: TalkNumber | undefined): to is ContactNumber => to?.relation !== undefined
const whoOf = (contact: ContactNumber | undefined): LineData =>
  contact ? { name: contact.name, relation: contact.relation } : {}

export function createTalkDesk({ clock, log, incidents, parts }: TalkDeskDeps): TalkRooms {
  /** Who is in a call, or about to be. */
  const talking = new Set<string>()
  const exchange = () => parts.find(({ adapter }) => adapter.placeCall && adapter.voice)?.adapter

  const find = (incidentId: IncidentId): Incident => {
    const incident = incidents.get(incidentId)
    if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
    return incident
  }

  /** The household's own telephone first, then who it called from, then its contacts. */
  const numbersOf = ({ id: incidentId, subject }: Incident): TalkNumber[] => {
    const callers = incidents
      .alarmsOf(incidentId)
      .flatMap(({ sourceId }) => /^sip:(\+?\d{3,20})$/.exec(sourceId)?.[1] ?? [])
    const all = [
      ...[...(subject.phone ? [subject.phone] : []), ...callers].map(number => ({ number, ...namesOf(subject) })),
      ...(subject.contacts ?? []).map(({ name, phone, relation }) => ({ number: phone, name, relation }))
    ].map(each => ({ ...each, number: each.number.replace(/[-\s()]/g, '') }))
    return [...new Map(all.toReversed().map(each => [each.number, each])).values()].toReversed()
  }

  /** Here, or where one of its numbers rings: a household it shares a telephone with, a contact in need himself. */
  const isDuress = (incident: Incident): boolean =>
    isDuressAt(incident, incidents) || numbersOf(incident).some(({ number }) => isDuressOn(number, incidents))

  /** The contacts of a silent source are elsewhere. */
  const isSilentFor = (request: TalkRequest, incident: Incident): boolean =>
    isSilentAt(incident, incidents) && !isContact(numberOf(incident, request))

  const refusalOf = (request: TalkRequest, incident: Incident, user: SessionUser): No | undefined => {
    if (!isOpen(incident)) return ['ILLEGAL_TRANSITION', 'a closed incident stays as it is']
    if (!may(user, 'incident.take') && incident.owner?.userId !== user.userId)
      return incident.owner
        ? ['NOT_OWNER', `${incident.owner.name} has it`]
        : ['ILLEGAL_TRANSITION', 'nobody has acknowledged it yet']
    if (!numbersOf(incident).some(({ number }) => number === request.number))
      return ['COMMAND_REFUSED', 'the number is not of this incident']
    // Rule 5: a ringing telephone is a sign. Only a person may decide that, and must have said that he knows.
    if (isDuress(incident) && request.duressConfirmed !== true)
      return ['COMMAND_REFUSED', 'duress: a call would be heard there']
    if (isSilentFor(request, incident) && request.silentConfirmed !== true)
      return ['COMMAND_REFUSED', 'silent alarm: a call would be heard there']
    if (talking.has(user.userId)) return ['COMMAND_REFUSED', 'you are in a call already']
    return exchange() ? undefined : ['COMMAND_REFUSED', 'no telephone line is set up']
  }

  const numberOf = (incident: Incident, request: TalkRequest): TalkNumber | undefined =>
    numbersOf(incident).find(({ number }) => number === request.number)

  /** A contact who presses 1 has heard: what is told of him by hand counts as what he is told by the automatic call. */
  const contactHeard = ({ id: incidentId }: Incident, { number, ...who }: ContactNumber, actor: Actor): void => {
    const round = incidents.get(incidentId)?.contactRound
    const index = round?.contacts.findIndex(each => each.number === number && each.state !== 'heard') ?? -1
    const step: Step =
      index >= 0
        ? { kind: 'contacts', change: { what: 'heard', index } }
        : { kind: 'remark', line: 'contactTold', data: { ...who, contact: 'heard' } }
    incidents
      .step(incidentId, step, actor)
      .catch(error => log.warn({ err: error, incident: incidentId }, 'what a contact has heard is not on record'))
  }

  /** Rings; resolves with the ticket, or with why there is no call. */
  const ring = async (line: EvidenceId, request: TalkRequest, incident: Incident, user: SessionUser, actor: Actor) => {
    const adapter = exchange()
    const over = Promise.withResolvers<CallEnd>()
    const to = numberOf(incident, request)
    const contact = isContact(to) ? to : undefined
    let heard = false
    let answeredAtMs: number | undefined
    let stopWatching = () => {}
    const ended = (end: CallEnd): void => {
      stopWatching()
      talking.delete(user.userId)
      over.resolve(end)
      const seconds = answeredAtMs === undefined ? 0 : Math.round((clock.now() - answeredAtMs) / 1_000)
      const data = { callEnd: answeredAtMs === undefined ? end : 'talked', seconds, ...whoOf(contact) }
      incidents
        .step(incident.id, { kind: 'remark', line: 'callEnded', data }, actor)
        .catch(error => log.warn({ err: error, incident: incident.id }, 'the end of a call-back is not on record'))
    }
    let way: WayChosen | undefined
    /** On record from the answer on: who was not reached was spoken to by no way. */
    const stateWay = (): void => {
      if (answeredAtMs === undefined || !way) return
      const data = { talkWay: way.way, ...(way.way === 'websocket' ? { wayWhy: way.why } : {}) }
      incidents
        .step(incident.id, { kind: 'remark', line: 'talkWay', data }, actor)
        .catch(error => log.warn({ err: error, incident: incident.id }, 'the way of a call-back is not on record'))
    }
    const call = adapter?.placeCall?.(
      {
        ...{ number: request.number, ringMs: RING_MS, speech: SILENCE },
        talk: { id: line, sourceId: id<SourceId>(`sip:${request.number}`), incidentId: incident.id }
      },
      {
        ringing: () => undefined,
        answered: () => {
          answeredAtMs = clock.now()
          stopWatching()
          stateWay()
        },
        way: chosen => {
          way = chosen
          stateWay()
        },
        digit: digit => {
          if (digit !== '1' || !contact || heard) return
          heard = true
          contactHeard(incident, contact, actor)
        },
        spoken: () => undefined,
        ended
      }
    )
    // Duress, or a silent press, that comes while it rings: nobody has said that he knows, so it rings no longer (rule 5).
    stopWatching = clock.every(WATCH_MS, () => {
      const now = incidents.get(incident.id) ?? incident
      const unsaid =
        (request.duressConfirmed !== true && isDuress(now)) ||
        (request.silentConfirmed !== true && isSilentFor(request, now))
      if (unsaid) call?.hangUp()
    })
    const ready = async () => {
      for (let waitedMs = 0; waitedMs < LINE_MS; waitedMs += LOOK_MS) {
        const ticket = adapter?.voice?.ticket(line, 'talk', id<UserId>(user.userId))
        if (ticket) return ticket
        await new Promise<void>(resolve => clock.after(LOOK_MS, resolve))
      }
      call?.hangUp()
      return 'noLine' as const
    }
    return Promise.race([ready(), over.promise])
  }

  return {
    numbers: incidentId => {
      const incident = find(incidentId)
      return {
        numbers: exchange() ? numbersOf(incident) : [],
        duress: isDuress(incident),
        silent: isSilentAt(incident, incidents)
      }
    },
    async talk(incidentId, request, user): Promise<TalkStarted> {
      const incident = find(incidentId)
      const actor: Actor = {
        ...{ kind: 'user', userId: id<UserId>(user.userId), name: user.name, seat: user.seat, login: user.login }
      }
      const no = refusalOf(request, incident, user)
      if (no) return incidents.refuse(incidentId, 'callBack', actor, ...no)
      talking.add(user.userId)
      const line = id<EvidenceId>(`voice-${randomUUID()}`)
      const to = numberOf(incident, request)
      const data = {
        ...{ to: `${to?.name ?? ''} ****${request.number.slice(-3)}`, recording: line, duress: isDuress(incident) },
        ...whoOf(isContact(to) ? to : undefined)
      }
      try {
        await incidents.step(incidentId, { kind: 'remark', line: 'calledBack', data }, actor)
      } catch (error) {
        talking.delete(user.userId)
        throw error
      }
      const begun = await ring(line, request, incident, user, actor)
      if (typeof begun === 'string') throw new GatewayError('COMMAND_REFUSED', { why: `call: ${begun}` })
      return { recording: line, ticket: begun }
    }
  }
}
