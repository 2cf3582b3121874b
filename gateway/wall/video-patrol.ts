/** The video patrol room 视频巡查: plans, rounds that fall due, looks measured by our clock, findings on the alarm line, the duty report. */
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Signal } from '../core/signal.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import {
  type Draft,
  type FindingKind,
  type Maker,
  PATROL_LIMITS,
  type PatrolFinding,
  type PatrolPlan,
  type PatrolRound,
  type VideoPatrolReport,
  type VideoPatrolState
} from '../core/wall.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { signalOf } from './finding.ts'
import { checkPlan, type PlanWorld } from './plan-check.ts'
import { reportOf } from './report.ts'
import { beginLook, checkFinding, markSeen, skipCamera, withFinding } from './round.ts'
import { createRounds } from './rounds.ts'
import { createShelf } from './shelf.ts'
import { slotsOf } from './slots.ts'

export interface VideoPatrolOptions extends PlanWorld {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly timeZone: string
  /** UTC ms by which ages are judged: no clock that jumps ahead removes what is young. */
  keepNow(): number
  /** Journal, then incident; resolves when the signal is durable. */
  accept(signal: Signal): Promise<unknown>
  /** The incident a finding has become, when it is known; `wait` gives it a moment to be opened. */
  incidentOf(finding: PatrolFinding, wait: boolean): Promise<string | undefined>
  /** Told of every round that was missed. */
  missed(round: PatrolRound): void
  changed(): void
}

export interface VideoPatrol {
  state(user: SessionUser): VideoPatrolState
  putPlan(draft: Draft<PatrolPlan>, user: SessionUser): Promise<PatrolPlan>
  /** Its open rounds are withdrawn. */
  removePlan(planId: string, user: SessionUser): Promise<void>
  look(roundId: string, cameraId: string, user: SessionUser): Promise<PatrolRound>
  seen(roundId: string, cameraId: string, user: SessionUser): Promise<PatrolRound>
  skip(roundId: string, cameraId: string, reason: string, user: SessionUser): Promise<PatrolRound>
  find(roundId: string, finding: FindingRequest, user: SessionUser, origin: string): Promise<PatrolRound>
  report(fromMs: number, toMs: number): Promise<VideoPatrolReport>
  /** Opens and settles what is due by now; also done by itself. */
  turn(): Promise<void>
  stop(): void
}

export interface FindingRequest {
  readonly id: string
  readonly cameraId: string
  readonly kind: FindingKind
  readonly note: string
}

const TURN_MS = 5_000
const PRUNE_MS = 3_600_000
const DAY_MS = 86_400_000
const REPORT_MAX_MS = 31 * DAY_MS
/** A finding whose incident is not known after this long was closed before we looked. */
const LINK_MS = 600_000

const makerOf = (user: SessionUser): Maker => ({ login: user.login, name: user.name })

export async function createVideoPatrol(options: VideoPatrolOptions): Promise<VideoPatrol> {
  const { clock, commit, store, timeZone, log } = options
  const plans = await createShelf<PatrolPlan>({
    clock,
    store,
    commit,
    kind: 'patrol.plan',
    max: PATROL_LIMITS.plans,
    changed: options.changed
  })
  const rounds = await createRounds({ clock, store, commit, timeZone, plans: plans.all, keepNow: options.keepNow })
  const serial = createSerial()

  /** The round, when this person may walk it. */
  const own = (roundId: string, user: SessionUser): PatrolRound => {
    const round = rounds.get(roundId)
    if (!round) throw new GatewayError('NOT_FOUND', { round: roundId.slice(0, 80) })
    if (!round.shift.persons.includes(user.login) && user.role !== 'leader')
      throw new GatewayError('ROUND_REFUSED', { why: 'otherPerson' })
    return round
  }
  const step = (
    roundId: string,
    user: SessionUser,
    action: string,
    cameraId: string,
    change: (round: PatrolRound, by: Maker, nowMs: number) => PatrolRound,
    detail: AuditEntry['detail'] = {}
  ): Promise<PatrolRound> =>
    serial.run('rounds', async () => {
      const nowMs = clock.now()
      const before = own(roundId, user)
      const after = change(before, makerOf(user), nowMs)
      if (after === before) return before
      const entry = { atMs: nowMs, who: personOf(user), object: `camera:${cameraId}`, outcome: 'done' as const }
      await rounds.keep([after], [{ ...entry, action, reason: 'video patrol', detail: { round: roundId, ...detail } }])
      options.changed()
      return after
    })

  const link = async (round: PatrolRound): Promise<PatrolRound> => {
    let linked = round
    for (const finding of round.findings) {
      if (finding.incidentId !== undefined || clock.now() - finding.atMs > LINK_MS) continue
      const incidentId = await options.incidentOf(finding, false)
      if (incidentId !== undefined) linked = withFinding(linked, { ...finding, incidentId })
    }
    return linked
  }
  const turn = (): Promise<void> =>
    serial.run('rounds', async () => {
      const before = rounds.recent().length
      const missed = await rounds.turn()
      for (const round of missed) options.missed(round)
      const relinked = await Promise.all(
        rounds
          .recent()
          .filter(row => row.findings.length > 0)
          .map(link)
      )
      const changed = relinked.filter(row => rounds.get(row.id) !== row)
      if (changed.length > 0) await rounds.keep(changed, [])
      if (missed.length + changed.length > 0 || rounds.recent().length !== before) options.changed()
    })
  /** A full disk stops no start and no plan: the next turn catches up. */
  const quietly = (work: () => Promise<void>): Promise<void> =>
    work().catch(error => log.warn({ err: error }, 'the rounds of the video patrol could not be kept up'))

  const stops = [
    clock.every(TURN_MS, () => void quietly(turn)),
    clock.every(PRUNE_MS, () => void quietly(rounds.prune))
  ]
  await quietly(turn)

  return {
    state: user => stateFor(user, { plans: plans.all(), rounds: rounds.recent(), nowMs: clock.now(), options }),
    async putPlan(draft, user) {
      checkPlan(draft, options)
      const plan = await plans.put(draft, user)
      await quietly(turn)
      return plan
    },
    async removePlan(planId, user) {
      await plans.remove(planId, user)
      await serial.run('rounds', async () => {
        const open = rounds.recent().filter(row => row.planId === planId && row.state === 'open')
        if (open.length > 0)
          await rounds.keep(
            open.map(row => ({ ...row, state: 'withdrawn' as const })),
            []
          )
      })
      options.changed()
    },
    look: (roundId, cameraId, user) =>
      step(roundId, user, 'cameraView', cameraId, (round, by, nowMs) => beginLook(round, cameraId, by, nowMs)),
    seen: (roundId, cameraId, user) =>
      step(roundId, user, 'patrolRound.seen', cameraId, (round, by, nowMs) => markSeen(round, cameraId, by, nowMs)),
    skip: (roundId, cameraId, reason, user) =>
      step(
        roundId,
        user,
        'patrolRound.skip',
        cameraId,
        (round, by, nowMs) => skipCamera(round, cameraId, reason, by, nowMs),
        { why: reason }
      ),
    async find(roundId, request, user, origin) {
      const round = own(roundId, user)
      if (round.findings.some(each => each.id === request.id)) return round
      checkFinding(round, request.cameraId)
      const finding: PatrolFinding = { ...request, ...makerOf(user), atMs: clock.now() }
      // Journal first: what somebody saw is an alarm, whatever becomes of the round's log.
      await options.accept(signalOf(finding, origin))
      const incidentId = await options.incidentOf(finding, true)
      const noted = { ...finding, ...(incidentId === undefined ? {} : { incidentId }) }
      return step(roundId, user, 'patrolRound.finding', request.cameraId, now => withFinding(now, noted), {
        kind: request.kind,
        finding: request.id
      })
    },
    async report(fromMs, toMs) {
      if (!(toMs > fromMs) || toMs - fromMs > REPORT_MAX_MS)
        throw new GatewayError('BODY_INVALID', { field: 'fromMs, toMs', allowed: '31 days at most' })
      const names = new Map(options.people().map(person => [person.login, person.name]))
      return reportOf(await rounds.between(fromMs, toMs), fromMs, toMs, login => names.get(login) ?? login)
    },
    turn,
    stop: () => {
      for (const each of stops) each()
    }
  }
}

interface Present {
  readonly plans: readonly PatrolPlan[]
  readonly rounds: readonly PatrolRound[]
  readonly nowMs: number
  readonly options: Pick<VideoPatrolOptions, 'timeZone' | 'people'>
}

/** What one person may know: an operator's own, a leader's all. */
function stateFor(user: SessionUser, { plans, rounds, nowMs, options }: Present): VideoPatrolState {
  const leader = user.role === 'leader'
  const mine = (persons: readonly string[]) => persons.includes(user.login)
  const shown = rounds.filter(row => leader || mine(row.shift.persons))
  const next = plans
    .flatMap(plan => slotsOf(plan, nowMs + 1, nowMs + DAY_MS, options.timeZone))
    .filter(slot => mine(slot.shift.persons))
    .map(slot => slot.openMs)
  return {
    nowMs,
    rounds: shown.filter(row => row.state === 'open'),
    missed: shown.filter(row => row.state === 'missed' && row.closesMs > nowMs - DAY_MS),
    plans: plans.filter(plan => leader || plan.shifts.some(shift => mine(shift.persons))),
    ...(next.length > 0 ? { nextOpenMs: Math.min(...next) } : {}),
    people: leader ? options.people() : []
  }
}
