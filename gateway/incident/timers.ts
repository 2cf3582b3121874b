/** What falls due on open incidents by itself: escalation, auto-offer, ringing again, closing; driven by a tick, so it survives restarts. */
import type { IncidentId, UserId } from '../core/brand.ts'
import type { Incident, Owner } from '../core/incident.ts'
import { isActive, isOpen, REOPEN_MS } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'

export interface TimersOptions {
  readonly clock: Clock
  readonly log: Log
  readonly timers: Readonly<Record<Priority, PriorityTimers>>
  all(): Iterable<Incident>
  step(incidentId: IncidentId, step: Step): Promise<unknown>
  /** Offers the nearest unit of an un-owned incident. */
  autoOffer(incident: Incident): Promise<void>
}

/** What is due now, if anything; pure, so that the whole table can be tested. */
export function dueStep(incident: Incident, timers: PriorityTimers, nowMs: number): Step | 'autoOffer' | undefined {
  if (incident.state === 'resolved') {
    const due = nowMs - (incident.resolvedAtMs ?? nowMs) >= REOPEN_MS && incident.priority !== 1 && !incident.duress
    return due ? { kind: 'close' } : undefined
  }
  if (!isOpen(incident)) return undefined
  const ageMs = nowMs - incident.openedAtMs
  if (!incident.owner) {
    if (
      timers.autoOfferMs !== undefined &&
      ageMs >= timers.autoOfferMs &&
      !incident.autoOffered &&
      !incident.assignments.some(isActive)
    ) {
      return 'autoOffer'
    }
    if (timers.escalateLeaderMs !== undefined && ageMs >= timers.escalateLeaderMs && incident.escalation < 2) {
      return { kind: 'escalate', level: 2 }
    }
    if (timers.escalateAllMs !== undefined && ageMs >= timers.escalateAllMs && incident.escalation < 1)
      return { kind: 'escalate', level: 1 }
    return undefined
  }
  const idle = incident.state === 'acknowledged' || incident.state === 'verifying'
  if (idle && timers.ringAgainMs !== undefined && nowMs - incident.updatedAtMs >= timers.ringAgainMs)
    return { kind: 'ringAgain' }
  return undefined
}

/** Runs until the returned function is called. */
export function startTimers(options: TimersOptions): () => void {
  const running = new Set<IncidentId>()
  const autoTried = new Set<IncidentId>()
  const one = async (incident: Incident) => {
    const due = dueStep(incident, options.timers[incident.priority], options.clock.now())
    if (due === undefined || (due === 'autoOffer' && autoTried.has(incident.id))) return
    running.add(incident.id)
    try {
      if (due === 'autoOffer') {
        autoTried.add(incident.id)
        await options.autoOffer(incident)
      } else await options.step(incident.id, due)
    } catch (error) {
      options.log.warn({ incident: incident.number, due, err: error }, 'a timed step was refused')
    } finally {
      running.delete(incident.id)
    }
  }
  return options.clock.every(1_000, () => {
    for (const incident of options.all()) if (!running.has(incident.id)) void one(incident)
    if (autoTried.size > 10_000) autoTried.clear()
  })
}

/** An owner whose console is gone for this long gives the incident back (lifecycle table, acknowledged → new). */
export const OWNER_LOST_MS = 30_000

export interface OwnerWatchOptions {
  readonly clock: Clock
  readonly log: Log
  all(): Iterable<Incident>
  release(incidentId: IncidentId, owner: Owner): Promise<unknown>
}

/** Told of every user's coming and going on the feed. */
export function createOwnerWatch(options: OwnerWatchOptions): {
  presence(userId: UserId, online: boolean): void
  stop(): void
} {
  const pending = new Map<UserId, () => void>()
  const lost = async (userId: UserId) => {
    pending.delete(userId)
    for (const incident of options.all()) {
      if (incident.state !== 'acknowledged' || incident.owner?.userId !== userId) continue
      await options
        .release(incident.id, incident.owner)
        .catch(error => options.log.warn({ err: error }, 'release of a lost owner refused'))
    }
  }
  return {
    presence(userId, online) {
      pending.get(userId)?.()
      pending.delete(userId)
      if (!online)
        pending.set(
          userId,
          options.clock.after(OWNER_LOST_MS, () => void lost(userId))
        )
    },
    stop() {
      for (const cancel of pending.values()) cancel()
      pending.clear()
    }
  }
}
