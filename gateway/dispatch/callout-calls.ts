/** The calls of neighbours' call-outs that are under way: what is said in each, what each end means; every answer is written down before it is confirmed (rules 1 and 5). */
import { type IncidentId, id, type SourceId, type SubjectId } from '../core/brand.ts'
import { type CalledNeighbour, type CalloutChange, isOnLine } from '../core/callout.ts'
import type { Actor, Incident } from '../core/incident.ts'
import type { CallEnd, CallEvents, CallRequest, PlacedCall } from '../core/placed-call.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { CalloutSettings } from './callout-due.ts'
import type { Spared } from './callout-spared.ts'
import { calloutSpeech, confirmationSpeech } from './callout-speech.ts'

export interface CalloutCallsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<CalloutSettings, 'ringMs' | 'tries' | 'againAfterMs'>
  incident(incidentId: IncidentId): Incident | undefined
  place(request: CallRequest, events: CallEvents): PlacedCall
  write(incidentId: IncidentId, change: CalloutChange, actor?: Actor): Promise<Incident>
}

export interface CalloutCalls {
  /** Its try is on record. `spared`: it is not rung after all, and loses none. */
  ring(incident: Incident, neighbour: CalledNeighbour, spared: boolean): void
  /** A call of this neighbour is under way in this process. */
  has(incidentId: IncidentId, subjectId: SubjectId): boolean
  /** Puts down how a call ended, and when its neighbour is rung again. */
  hungUp(incidentId: IncidentId, subjectId: SubjectId, end: CallEnd): Promise<void>
  /** Under duress no telephone rings on for as long as the disk takes (rule 5). */
  hush(incident: Incident): void
  /** Whoever begins to call for help while a call of ours rings or speaks there has the line to itself. */
  yieldLines(spared: Spared): void
  /** From now on everybody hears the warning. */
  warn(incident: Incident): void
  /** The call-out has ended: enough go, and whoever listens is thanked, or for another reason. */
  finish(incident: Incident, isEnough: boolean): void
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

/** A telephone that was answered and says nothing is given up: it may be a machine. */
const CHOICE_MS = 60_000
/** Every line is taken: the next neighbour is rung when one is free. */
const LINE_AGAIN_MS = 1_000
/** Who declined has heard the telephone and wants no second ring. */
const FINAL: ReadonlySet<CallEnd> = new Set(['declined'])

export function createCalloutCalls({
  clock,
  log,
  settings,
  incident: get,
  place,
  write
}: CalloutCallsOptions): CalloutCalls {
  const live = new Map<string, Live>()
  const keyOf = (incidentId: IncidentId, subjectId: SubjectId) => `${incidentId}\n${subjectId}`

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
    entry.call = place(request, {
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
    const guard = get(incidentId)?.callout?.message === 'guard'
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
    const neighbour = get(incidentId)?.callout?.neighbours.find(n => n.subjectId === subjectId)
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

  return {
    ring,
    hungUp,
    has: (incidentId, subjectId) => live.has(keyOf(incidentId, subjectId)),
    hush(incident) {
      for (const entry of callsOf(incident)) {
        entry.hushed = true
        entry.call?.hangUp()
      }
    },
    yieldLines(spared) {
      for (const entry of live.values()) {
        if (!entry.call || entry.yielded || !spared.has(entry.neighbour)) continue
        entry.yielded = true
        entry.call.hangUp()
      }
    },
    warn(incident) {
      for (const entry of callsOf(incident)) {
        // Whoever is hearing a confirmation is rung again.
        if (!entry.leaving) entry.call?.say(calloutSpeech(incident.subject, 'guard'))
      }
    },
    finish(incident, isEnough) {
      for (const entry of callsOf(incident)) {
        if (isEnough && entry.answered) leave(entry)
        else entry.call?.hangUp()
      }
    },
    stop() {
      for (const entry of live.values()) {
        entry.cancelChoice()
        entry.call?.hangUp()
      }
    }
  }
}
