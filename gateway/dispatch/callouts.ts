/** Calls the neighbours of an incident out: writes down each call before it rings, each answer before it is confirmed (rules 1 and 5). */
import { type IncidentId, id, type SourceId, type SubjectId } from '../core/brand.ts'
import {
  type CalledNeighbour,
  type CalloutChange,
  type CalloutMessage,
  type Household,
  isCalling,
  isOnLine
} from '../core/callout.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import type { CallEnd, CallEvents, CallRequest, PlacedCall } from '../core/placed-call.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { type CalloutSettings, dueChange, startsByItself } from './callout-due.ts'
import { type Callers, isForcedAt, type Spared, sparedNow } from './callout-spared.ts'
import { calloutSpeech, confirmationSpeech } from './callout-speech.ts'

export interface CalloutOptions {
  readonly clock: Clock
  readonly log: Log
  readonly settings: CalloutSettings
  readonly incidents: Callers & {
    get(incidentId: IncidentId): Incident | undefined
    step(incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident>
  }
  /** The other households of its neighbour group, each with the number it is rung at. */
  households(incident: Incident): readonly Household[]
  /** Calls to this number that could be placed now; undefined when no line leads there. */
  freeLines(number: string): number | undefined
  place(request: CallRequest, events: CallEvents): PlacedCall
}

export interface Callouts {
  /** An operator calls the neighbours, at any time; a leader needs not own the incident. Throws the refusal's GatewayError. */
  call(incidentId: IncidentId, owner: Owner | undefined, actor: Actor): Promise<Incident>
  end(incidentId: IncidentId, owner: Owner | undefined, actor: Actor): Promise<Incident>
  stop(): void
}

interface Live {
  readonly neighbour: CalledNeighbour
  call: PlacedCall | undefined
  answered: boolean
  said: boolean
  /** It ends as soon as what is being said has been spoken. */
  leaving: boolean
  /** Hung up for duress, before that is on record. */
  hushed: boolean
  /** Hung up since the household calls for help itself: it was no try. */
  yielded: boolean
  cancelChoice: () => void
}

const EVERY_MS = 250
/** A telephone that was answered and says nothing is given up: it may be a machine. */
const CHOICE_MS = 60_000
/** Every line is taken: the next neighbour is rung when one is free. */
const LINE_AGAIN_MS = 1_000
/** Lines found taken before the next tick asks again. */
const MAX_TAKEN = 200
const SYSTEM: Actor = { kind: 'system' }
/** Who declined has heard the telephone and wants no second ring. */
const FINAL: ReadonlySet<CallEnd> = new Set(['declined'])

export function startCallouts(options: CalloutOptions): Callouts {
  const { clock, log, settings, incidents } = options
  const live = new Map<string, Live>()
  /** Incidents with a change under way. */
  const running = new Set<IncidentId>()
  /** Calls that are being written down and not placed yet: they will take a line each. */
  let planned = 0
  const keyOf = (incidentId: IncidentId, subjectId: SubjectId) => `${incidentId}\n${subjectId}`
  const write = (incidentId: IncidentId, change: CalloutChange, actor: Actor = SYSTEM) =>
    incidents.step(incidentId, { kind: 'callout', change }, actor)

  const startChange = (
    incident: Incident,
    by: 'system' | 'operator',
    spared: Spared = sparedNow(incidents)
  ): Extract<CalloutChange, { what: 'start' }> => {
    const households = options
      .households(incident)
      .filter(h => !spared.has(h) && options.freeLines(h.number) !== undefined)
    const message: CalloutMessage = incident.nature === 'violence' ? 'guard' : 'help'
    return { what: 'start', by, message, households }
  }

  const ring = (incident: Incident, neighbour: CalledNeighbour, spared: boolean): void => {
    const key = keyOf(incident.id, neighbour.subjectId)
    const entry: Live = {
      ...{ neighbour, call: undefined, answered: false, said: false, leaving: false },
      ...{ hushed: false, yielded: false, cancelChoice: () => {} }
    }
    live.set(key, entry)
    const over = (end: CallEnd): void => {
      void hungUp(incident.id, neighbour.subjectId, end).finally(() => live.delete(key))
    }
    if (spared) return void over('noLine')
    const message = incident.callout?.message ?? 'help'
    const speech = calloutSpeech(incident.subject, message)
    const request: CallRequest = { number: neighbour.number, ringMs: settings.ringMs, speech }
    entry.call = options.place(request, {
      ringing: () => {},
      answered() {
        entry.answered = true
        entry.cancelChoice = clock.after(CHOICE_MS, () => entry.call?.hangUp())
        put(incident.id, { what: 'answered', subjectId: neighbour.subjectId })
      },
      digit: digit => void said(incident.id, neighbour, entry, digit),
      spoken: () => entry.leaving && entry.call?.hangUp(),
      ended(end) {
        entry.cancelChoice()
        // The end of the call-out says it all.
        if (entry.hushed) return void live.delete(key)
        over(entry.yielded ? 'noLine' : end)
      }
    })
  }

  const put = (incidentId: IncidentId, change: CalloutChange): void => {
    write(incidentId, change).catch(error =>
      log.warn({ err: error, change: change.what }, 'a call-out was not put down')
    )
  }

  const said = async (
    incidentId: IncidentId,
    neighbour: CalledNeighbour,
    entry: Live,
    digit: string
  ): Promise<void> => {
    const guard = incidents.get(incidentId)?.callout?.message === 'guard'
    const state =
      digit === '1' ? (guard ? 'warned' : 'going') : digit === '2' ? (guard ? 'warned' : 'cannot') : undefined
    if (!state || entry.said || entry.leaving) return
    entry.said = true
    const actor: Actor = { kind: 'device', sourceId: id<SourceId>(`sip:${neighbour.number}`) }
    try {
      const { subjectId } = neighbour
      const { callout } = await write(incidentId, { what: 'said', subjectId, state }, actor)
      // The warning took the place of the call for help meanwhile: that is what he hears, and may answer.
      if (callout?.neighbours.some(n => n.subjectId === subjectId && n.state === state))
        leave(entry, confirmationSpeech(state))
      else entry.said = false
    } catch (error) {
      // Not confirmed: the key may be pressed again.
      entry.said = false
      log.warn({ err: error, state }, "a neighbour's answer could not be put down")
    }
  }

  const hungUp = async (incidentId: IncidentId, subjectId: SubjectId, end: CallEnd): Promise<void> => {
    const neighbour = incidents.get(incidentId)?.callout?.neighbours.find(n => n.subjectId === subjectId)
    if (!neighbour || !isOnLine(neighbour)) return
    const nowMs = clock.now()
    const again = end === 'noLine' ? nowMs + LINE_AGAIN_MS : nowMs + settings.againAfterMs
    const wanted = end === 'noLine' || (neighbour.tries < settings.tries && !FINAL.has(end))
    await write(incidentId, { what: 'hungUp', subjectId, end, ...(wanted ? { againAtMs: again } : {}) }).catch(error =>
      log.warn({ err: error, end }, 'the end of a call could not be put down')
    )
  }

  const leave = (entry: Live, speech = confirmationSpeech('enough')): void => {
    if (entry.leaving) return
    entry.leaving = true
    entry.call?.say(speech)
  }

  /** Every call of this incident that is under way. */
  const callsOf = (incident: Incident): Live[] =>
    incident.callout?.neighbours.flatMap(n => live.get(keyOf(incident.id, n.subjectId)) ?? []) ?? []

  /** Under duress no telephone rings on for as long as the disk takes (rule 5). */
  const hush = (incident: Incident): void => {
    for (const entry of callsOf(incident)) {
      entry.hushed = true
      entry.call?.hangUp()
    }
  }

  /** Whoever begins to call for help while a call of ours rings or speaks there has the line to itself. */
  const yieldLines = (spared: Spared): void => {
    for (const entry of live.values()) {
      if (!entry.call || entry.yielded || !spared.has(entry.neighbour)) continue
      entry.yielded = true
      entry.call.hangUp()
    }
  }

  const perform = (change: CalloutChange, after: Incident): void => {
    if (change.what === 'attempt') {
      // While that was written down duress or an end may have come: nobody is rung any more.
      const now = incidents.get(after.id) ?? after
      if (now.duress || !isCalling(now.callout)) return
      const wanted = new Set(change.subjectIds)
      // Or one of them has begun to call for help itself: it loses no try.
      const spared = sparedNow(incidents)
      for (const n of after.callout?.neighbours ?? []) if (wanted.has(n.subjectId)) ring(after, n, spared.has(n))
    } else if (change.what === 'guard') {
      for (const entry of callsOf(after)) {
        // Whoever is hearing a confirmation is rung again.
        if (!entry.leaving) entry.call?.say(calloutSpeech(after.subject, 'guard'))
      }
    } else if (change.what === 'end') {
      for (const entry of callsOf(after)) {
        if (change.end === 'enough' && entry.answered) leave(entry)
        else entry.call?.hangUp()
      }
    }
  }

  const run = async (incident: Incident, change: CalloutChange): Promise<void> => {
    if (running.has(incident.id)) return
    running.add(incident.id)
    try {
      perform(change, await write(incident.id, change))
    } catch (error) {
      log.warn({ err: error, incident: incident.number, change: change.what }, 'a call-out could not go on')
    } finally {
      running.delete(incident.id)
      if (change.what === 'attempt') planned -= change.subjectIds.length
    }
  }

  /** After a restart a call that the record calls open is none any more: it counts as a try. */
  const lost = (incident: Incident): CalledNeighbour | undefined =>
    incident.callout?.neighbours.find(n => isOnLine(n) && !live.has(keyOf(incident.id, n.subjectId)))

  const look = (incident: Incident, spared: Spared, lineTo: (number: string) => boolean): void => {
    if (incident.duress && isCalling(incident.callout)) hush(incident)
    if (running.has(incident.id)) return
    const nowMs = clock.now()
    if (startsByItself(incident, settings, nowMs)) {
      const change = startChange(incident, 'system', spared)
      if (change.households.length > 0) void run(incident, change)
      return
    }
    if (!incident.callout) return
    const gone = incident.duress ? undefined : lost(incident)
    if (gone) {
      running.add(incident.id)
      void hungUp(incident.id, gone.subjectId, 'failed').finally(() => running.delete(incident.id))
      return
    }
    const free = (neighbour: CalledNeighbour) => {
      if (live.has(keyOf(incident.id, neighbour.subjectId)) || spared.has(neighbour)) return false
      return lineTo(neighbour.number) && ++planned > 0
    }
    const change = dueChange(incident, settings, nowMs, free)
    if (change) void run(incident, change)
  }

  const cancelTick = clock.every(EVERY_MS, () => {
    const spared = sparedNow(incidents)
    yieldLines(spared)
    // In a storm thousands wait for the same few lines: that is asked a bounded number of times, the oldest incident first.
    let taken = 0
    const lineTo = (number: string) => {
      const free = taken < MAX_TAKEN && (options.freeLines(number) ?? 0) > planned
      if (!free) taken++
      return free
    }
    for (const incident of incidents.all()) look(incident, spared, lineTo)
  })

  const order = async (incidentId: IncidentId, step: Step, actor: Actor): Promise<Incident> => {
    const after = await incidents.step(incidentId, step, actor)
    if (step.kind === 'callout') perform(step.change, after)
    return after
  }

  return {
    async call(incidentId, owner, actor) {
      const incident = incidents.get(incidentId)
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      const change = startChange(incident, 'operator')
      return order(
        incidentId,
        { kind: 'callout', change: isForcedAt(incident, incidents) ? { ...change, households: [] } : change, owner },
        actor
      )
    },
    end: (incidentId, owner, actor) =>
      order(incidentId, { kind: 'callout', change: { what: 'end', end: 'operator' }, owner }, actor),
    stop() {
      cancelTick()
      for (const entry of live.values()) {
        entry.cancelChoice()
        entry.call?.hangUp()
      }
    }
  }
}
