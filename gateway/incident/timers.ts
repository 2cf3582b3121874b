/** What falls due on open incidents by itself: escalation, auto-offer, ringing again, closing; driven by a tick, so it survives restarts. */
import type { IncidentId, UserId } from '../core/brand.ts'
import { unreviewable } from '../core/feedback.ts'
import { overdueHandOver } from '../core/hand-over.ts'
import type { Incident, Owner } from '../core/incident.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import type { Step } from '../core/step.ts'

export interface TimersOptions {
  readonly clock: Clock
  readonly log: Log
  readonly timers: Readonly<Record<Priority, PriorityTimers>>
  /** Resolved for this long: closed by the system. */
  readonly autoCloseMs: number
  /** As they read had the clock never been set. */
  all(): Iterable<Incident>
  /** As it is on record. */
  get(incidentId: IncidentId): Incident | undefined
  step(incidentId: IncidentId, step: Step): Promise<unknown>
  /** Offers the nearest unit of an un-owned incident. */
  autoOffer(incident: Incident): Promise<void>
}

/** An offer that has just ended goes on to the next unit by itself; only later is it for the clock to ask again. */
const AFTER_OFFER_MS = 5_000
/** While nobody is available: a unit may come on duty. */
const ASK_AGAIN_MS = 30_000

/** What is due now, if anything; pure, so that the whole table can be tested. `offers` false: no unit is asked now. */
export function dueStep(
  incident: Incident,
  timers: PriorityTimers,
  autoCloseMs: number,
  nowMs: number,
  offers = true
): Step | 'autoOffer' | undefined {
  if (incident.state === 'resolved') {
    const waits = incident.priority === 1 || incident.duress || unreviewable(incident) !== undefined
    const due = !waits && nowMs - (incident.resolvedAtMs ?? nowMs) >= autoCloseMs
    return due ? { kind: 'close', afterMs: autoCloseMs } : undefined
  }
  if (!isOpen(incident)) return undefined
  const overdue = overdueHandOver(incident, nowMs)
  if (overdue) return { kind: 'handOverDue', handOver: overdue.id }
  const ageMs = nowMs - incident.openedAtMs
  if (!incident.owner) {
    const asked = incident.assignments.some(a => isActive(a) || nowMs - (a.endedAtMs ?? 0) < AFTER_OFFER_MS)
    const sinceMs = calledSinceMs(incident)
    const waitedMs = sinceMs === undefined ? 0 : nowMs - sinceMs
    if (offers && !asked && timers.autoOfferMs !== undefined && waitedMs >= timers.autoOfferMs) return 'autoOffer'
    if (timers.escalateLeaderMs !== undefined && ageMs >= timers.escalateLeaderMs && incident.escalation < 2) {
      return { kind: 'escalate', level: 2 }
    }
    if (timers.escalateAllMs !== undefined && ageMs >= timers.escalateAllMs && incident.escalation < 1)
      return { kind: 'escalate', level: 1 }
    return undefined
  }
  const idle = incident.state === 'acknowledged' || incident.state === 'verifying' || isDeserted(incident)
  const actedMs = incident.lastActionAtMs ?? incident.openedAtMs
  const sinceMs = Math.max(actedMs, incident.rangAgainAtMs ?? 0)
  // Once for each time that it is left alone: what rings at an empty seat is no help to whoever called.
  const told = (incident.leaderToldAtMs ?? Number.NEGATIVE_INFINITY) >= actedMs
  if (idle && !told && timers.idleLeaderMs !== undefined && nowMs - actedMs >= timers.idleLeaderMs)
    return { kind: 'tellLeader' }
  if (idle && timers.ringAgainMs !== undefined && nowMs - sinceMs >= timers.ringAgainMs) return { kind: 'ringAgain' }
  return undefined
}

/**
 * Since when somebody calls whom no unit has reached, UTC ms. Where a unit has been and left, sending another is for people to decide, until
 * there is a press after that.
 */
function calledSinceMs({ openedAtMs, onSceneAtMs, assignments, pressTimesMs }: Incident): number | undefined {
  if (onSceneAtMs === undefined) return openedAtMs
  const leftMs = Math.max(onSceneAtMs, ...assignments.map(a => a.endedAtMs ?? 0))
  return pressTimesMs.find(pressMs => pressMs > leftMs)
}

/** Every unit has said no or given up, and none has been there: nobody goes although the state says so. */
function isDeserted(incident: Incident): boolean {
  const sent = incident.state === 'dispatched' || incident.state === 'onScene'
  return sent && !incident.assignments.some(a => isActive(a) || a.state === 'cleared')
}

/** Runs until the returned function is called. */
export function startTimers(options: TimersOptions): () => void {
  const running = new Set<IncidentId>()
  /** When the nearest unit of an incident was asked for last, steady ms. */
  const asked = new Map<IncidentId, number>()
  const work = async (incident: Incident, due: Step | 'autoOffer', steadyMs: number) => {
    running.add(incident.id)
    try {
      if (due === 'autoOffer') {
        await options.autoOffer(incident)
        // An attempt that failed does not count: the next tick tries again.
        asked.set(incident.id, steadyMs)
      } else await options.step(incident.id, due)
    } catch (error) {
      options.log.warn({ incident: incident.number, due, err: error }, 'a timed step was refused')
    } finally {
      running.delete(incident.id)
    }
  }
  const look = (incident: Incident, nowMs: number, steadyMs: number): void => {
    if (running.has(incident.id)) return
    // The rest of the table goes on while nobody is available.
    const offers = steadyMs - (asked.get(incident.id) ?? Number.NEGATIVE_INFINITY) >= ASK_AGAIN_MS
    const due = dueStep(incident, options.timers[incident.priority], options.autoCloseMs, nowMs, offers)
    if (due !== undefined && mayClose(due, options.get(incident.id), nowMs)) void work(incident, due, steadyMs)
  }
  /** Said once, not every second. */
  const broken = new Set<IncidentId>()
  return options.clock.every(1_000, () => {
    const [nowMs, steadyMs] = [options.clock.now(), options.clock.steady()]
    for (const incident of options.all()) {
      try {
        look(incident, nowMs, steadyMs)
      } catch (error) {
        // One record that nobody can read must not keep the others from being escalated.
        if (!broken.has(incident.id))
          options.log.error({ incident: incident.number, err: error }, 'what is due on an incident cannot be told')
        broken.add(incident.id)
      }
    }
    if (asked.size > 10_000) asked.clear()
    if (broken.size > 10_000) broken.clear()
  })
}

/** Filed only when its record says so, too: after a clock was set back it stays open for longer, and is never filed early. */
function mayClose(due: Step | 'autoOffer', recorded: Incident | undefined, nowMs: number): boolean {
  if (due === 'autoOffer' || due.kind !== 'close') return true
  return nowMs - (recorded?.resolvedAtMs ?? nowMs) >= (due.afterMs ?? 0)
}

export interface OwnerWatchOptions {
  readonly clock: Clock
  readonly log: Log
  /** An owner whose console is gone for this long gives the incident back (lifecycle table), whatever its state. */
  readonly lostMs: number
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
      if (!isOpen(incident) || incident.owner?.userId !== userId) continue
      await options
        .release(incident.id, incident.owner)
        .catch(error => options.log.warn({ err: error }, 'release of a lost owner refused'))
    }
  }
  const expect = (userId: UserId) =>
    pending.set(
      userId,
      options.clock.after(options.lostMs, () => void lost(userId))
    )
  // After a restart nobody is there yet: an owner who does not come back is lost as well.
  for (const { owner } of options.all()) if (owner && !pending.has(owner.userId)) expect(owner.userId)
  return {
    presence(userId, online) {
      pending.get(userId)?.()
      pending.delete(userId)
      if (!online) expect(userId)
    },
    stop() {
      for (const cancel of pending.values()) cancel()
      pending.clear()
    }
  }
}
