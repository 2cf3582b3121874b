/**
 * Open incidents as they would read had the clock never been set: what falls due on them by itself (escalation, offers, call-outs, calls to
 * contacts, checks) is neither put off for as long as a clock was set back, nor over because it was set forward. The record stays what it is.
 */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Clock, Log } from '../core/ports.ts'

export interface PresentTimesOptions {
  readonly clock: Clock
  readonly log: Log
  all(): Iterable<Incident>
}

export interface PresentTimes {
  /** Everything that is not closed; the incident itself while the clock was not set since it began. */
  all(): Iterable<Incident>
}

/** A clock that is slewed drifts by less between two looks; it adds up to a step of its own. */
const STEP_MS = 1_000
/** Numbers below it are no times: counts and spans. */
const EPOCH_MS = 1_000_000_000_000

interface Shifted {
  /** By how much each time that was written before a step is moved, ms. */
  readonly byMs: Map<number, number>
  /** The last one asked for, and what it reads. */
  of?: Incident
  reads?: Incident
}

export function createPresentTimes({ clock, log, all }: PresentTimesOptions): PresentTimes {
  let offsetMs = clock.now() - clock.steady()
  let lookedMs = clock.steady()
  let shifted: ReadonlyMap<IncidentId, Shifted> = new Map()

  /** Asked at every look and not by a timer of its own, so that no look comes between a step and this. */
  const learn = (): void => {
    const [nowMs, steadyMs] = [clock.now(), clock.steady()]
    const byMs = nowMs - steadyMs - offsetMs
    // Written since the last look: it may be of the clock as it is now. In doubt a thing falls due early, never late.
    const newFromMs = byMs > 0 ? nowMs - (steadyMs - lookedMs) : Number.POSITIVE_INFINITY
    lookedMs = steadyMs
    if (Math.abs(byMs) < STEP_MS) return
    offsetMs += byMs
    log.warn({ byMs: Math.round(byMs) }, 'the clock was set; what is due on open incidents goes on as before')
    const next = new Map<IncidentId, Shifted>()
    for (const incident of all()) {
      const before = shifted.get(incident.id)?.byMs
      const by = new Map<number, number>()
      for (const atMs of timesOf(incident)) {
        const known = before?.get(atMs)
        if (known !== undefined || atMs < newFromMs) by.set(atMs, (known ?? 0) + byMs)
      }
      if (by.size > 0) next.set(incident.id, { byMs: by })
    }
    shifted = next
  }
  const present = (incident: Incident, known: Shifted): Incident => {
    if (known.of !== incident || !known.reads) {
      known.of = incident
      known.reads = moved(incident, known.byMs) as Incident
    }
    return known.reads
  }
  function* read(): Generator<Incident> {
    let some = false
    for (const incident of all()) {
      const known = shifted.get(incident.id)
      some ||= known !== undefined
      yield known ? present(incident, known) : incident
    }
    if (!some) shifted = new Map()
  }
  return {
    all() {
      learn()
      return shifted.size === 0 ? all() : read()
    }
  }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value > EPOCH_MS

function* timesOf(value: unknown): Generator<number> {
  if (isTime(value)) yield value
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* timesOf(each)
}

function moved(value: unknown, byMs: ReadonlyMap<number, number>): unknown {
  if (isTime(value)) return value + (byMs.get(value) ?? 0)
  if (Array.isArray(value)) return value.map(each => moved(each, byMs))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each, byMs)]))
}
