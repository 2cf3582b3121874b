/** Commands of patrol phones: applied once per (client, seq), in order, refused with the reason when no longer legal (rule 13, 14). */
import { type AssignmentId, type EvidenceId, type IncidentId, id, type UnitId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { FactsGiven } from '../core/feedback.ts'
import type { Actor, Disposition, Incident } from '../core/incident.ts'
import { isActive } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Signal } from '../core/signal.ts'
import type { SituationCommand } from '../core/situation.ts'
import type { Step } from '../core/step.ts'
import type { AuditEntry, Change, Commit, FeedRow } from '../core/store.ts'
import type { Unit } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { PatrolCommand, PatrolCommandResult } from '../core/wire.ts'
import type { Rounds } from './rounds.ts'
import { signalOf } from './situation.ts'
import type { Units } from './units.ts'

export interface PatrolUser {
  readonly userId: UserId
  readonly login: string
  readonly name: string
  readonly unitId: UnitId
}

export interface PatrolOptions {
  readonly clock: Clock
  readonly commit: Commit
  readonly units: Units
  readonly incidents: {
    all(): Iterable<Incident>
    step(
      incidentId: IncidentId,
      step: Step,
      actor: Actor,
      options: { extra: Pick<Change, 'commands'> }
    ): Promise<Incident>
  }
  /** Also one that is filed. */
  stored(incidentId: IncidentId): Promise<Incident | undefined>
  readonly rounds: Pick<Rounds, 'byHand'>
  /** Also where somebody is under duress at the same place, in an incident of its own (rule 5). */
  isDuressAt(incident: Incident): boolean
  /** Undefined when nobody has said a category, and the way it ended says none. */
  factsOf(
    incident: Incident,
    found: Pick<FactsGiven, 'injured' | 'dead' | 'by'> & { readonly disposition: Disposition }
  ): FactsGiven | undefined
  /** The alarm line: resolves when the signal is durable. */
  accept(signal: Signal): Promise<unknown>
  commandResult(client: string, seq: number): Promise<string | undefined>
  /** The feed's rows for a unit as it will be after its change of duty. */
  projectUnit(unit: Unit): readonly FeedRow[]
}

/** Commands made off-line are taken for this long (domain: patrol members). */
const OLDEST_COMMAND_MS = 24 * 3_600_000

export interface Patrol {
  /** One result per command, in order; a refused one does not stop the next. */
  apply(user: PatrolUser, commands: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]>
}

type Command = PatrolCommand['command']
type OrderCommand = Exclude<Command, { kind: 'onDuty' | 'offDuty' | 'checkPoint' | 'situation' }>
type UnitActor = Extract<Actor, { kind: 'unit' }>

export function createPatrol(options: PatrolOptions): Patrol {
  const { clock, units, commit } = options
  const serial = createSerial()

  const audit = (user: PatrolUser, action: string, reason?: string): AuditEntry => ({
    atMs: clock.now(),
    who: personOf(user),
    action: `patrol.${action}`,
    object: `unit:${user.unitId}`,
    outcome: reason ? 'refused' : 'done',
    reason
  })

  const duty = async (user: PatrolUser, on: boolean, commands: Change['commands']): Promise<void> => {
    const before = units.dutyOf(user.unitId)
    if (!on && units.activeOrder(user.unitId))
      throw new GatewayError('ILLEGAL_TRANSITION', { why: 'finish or withdraw from the order first' })
    const others = (before?.members ?? []).filter(m => m.userId !== user.userId)
    const members = on ? [...others, { userId: user.userId, name: user.name }] : others
    const next = members.length > 0 ? { sinceMs: before?.sinceMs ?? clock.now(), members } : undefined
    const unit = units.withDuty(user.unitId, next)
    const change: Change = {
      commands,
      remember: [units.dutyEntry(user.unitId, next)],
      audit: [audit(user, on ? 'onDuty' : 'offDuty')],
      feed: unit ? options.projectUnit(unit) : []
    }
    const result = await commit(change, () => units.setDuty(user.unitId, next))
    if (!result.ok) throw new GatewayError('CONFLICT_RETRY', { conflict: result.conflict })
  }

  const finishOf = (incident: Incident, command: Extract<Command, { kind: 'finish' }>, unit: string): Step => {
    const { disposition, text, injured, dead } = command
    if (options.isDuressAt(incident)) throw new GatewayError('DURESS_NEEDS_REPORT', { why: 'the floor ends it' })
    const facts = options.factsOf(incident, { disposition, injured, dead, by: unit })
    if (!facts) throw new GatewayError('FEEDBACK_NEEDED', { why: 'the floor says the category first' })
    return { kind: 'finish', assignmentId: id<AssignmentId>(command.assignmentId), disposition, feedback: text, facts }
  }

  /** What was found there is not lost because the leader was quicker. */
  const filedOf = async (user: PatrolUser, command: OrderCommand): Promise<Incident | undefined> => {
    if (command.kind !== 'report' || command.incidentId === undefined) return undefined
    const incident = await options.stored(id<IncidentId>(command.incidentId))
    const isOwn = incident?.assignments.some(a => a.id === command.assignmentId && a.unitId === user.unitId)
    return isOwn ? incident : undefined
  }

  const order = async (
    user: PatrolUser,
    command: OrderCommand,
    deviceTimeMs: number,
    commands: Change['commands']
  ): Promise<void> => {
    const incident =
      incidentOf(options.incidents.all(), user.unitId, command.assignmentId) ?? (await filedOf(user, command))
    if (!incident) throw new GatewayError('OFFER_GONE', { why: 'the order is not known any more' })
    const actor: UnitActor = {
      kind: 'unit',
      unitId: user.unitId,
      name: units.get(user.unitId)?.name ?? user.unitId,
      userId: user.userId,
      login: user.login,
      userName: user.name
    }
    const writtenAtMs = Math.min(deviceTimeMs, clock.now())
    const step =
      command.kind === 'finish'
        ? finishOf(incident, command, actor.name)
        : command.kind === 'message'
          ? messageOf(command, actor, writtenAtMs)
          : stepOf(command, writtenAtMs)
    await options.incidents.step(incident.id, step, actor, { extra: { commands } })
  }

  /** Only on duty, and at the time that the phone says: it may have been off line there (rule 13). */
  const checkPoint = async (
    user: PatrolUser,
    { routeId, pointId, fromMs }: Extract<Command, { kind: 'checkPoint' }>,
    deviceTimeMs: number,
    commands: Change['commands']
  ): Promise<void> => {
    if (!units.dutyOf(user.unitId)) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'off duty' })
    const atMs = Math.min(deviceTimeMs, clock.now())
    await options.rounds.byHand(user.unitId, { routeId, pointId, fromMs, atMs, who: personOf(user) }, commands)
  }

  /** Journal first: what somebody saw is an alarm, and a phone that hears no answer sends the same one again. */
  const situation = async (
    user: PatrolUser,
    command: SituationCommand,
    deviceTimeMs: number,
    commands: Change['commands']
  ): Promise<void> => {
    const { userId, unitId, login } = user
    if (!units.dutyOf(unitId)?.members.some(member => member.userId === userId))
      throw new GatewayError('ILLEGAL_TRANSITION', { why: 'off duty' })
    const nowMs = clock.now()
    const told = command.place && { ...command.place, datum: 'wgs84' as const }
    const position = told ?? units.get(unitId)?.position?.point
    await options.accept(signalOf({ command, unitId, login, position, seenAtMs: Math.min(deviceTimeMs, nowMs), nowMs }))
    const { id: report, what } = command
    await commit({ commands, audit: [{ ...audit(user, 'situation'), detail: { report, kind: what } }] })
  }

  const one = async (user: PatrolUser, command: PatrolCommand): Promise<PatrolCommandResult> => {
    const repeated = await options.commandResult(clientOf(user, command), command.seq)
    if (repeated !== undefined)
      return { seq: command.seq, outcome: 'repeated', code: repeated === 'done' ? undefined : repeated }
    const done = [{ client: clientOf(user, command), seq: command.seq, result: 'done' }]
    try {
      if (clock.now() - command.deviceTimeMs > OLDEST_COMMAND_MS)
        throw new GatewayError('OFFER_GONE', { why: 'older than 24 hours' })
      if (command.command.kind === 'onDuty') await duty(user, true, done)
      else if (command.command.kind === 'offDuty') await duty(user, false, done)
      else if (command.command.kind === 'situation') await situation(user, command.command, command.deviceTimeMs, done)
      else if (command.command.kind === 'checkPoint')
        await checkPoint(user, command.command, command.deviceTimeMs, done)
      else await order(user, command.command, command.deviceTimeMs, done)
      return { seq: command.seq, outcome: 'done' }
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status >= 500) throw error
      await commit({
        commands: [{ client: clientOf(user, command), seq: command.seq, result: error.code }],
        audit: [audit(user, command.command.kind, error.code)]
      })
      return { seq: command.seq, outcome: 'refused', code: error.code }
    }
  }

  return {
    apply: (user, commands) =>
      serial.run(user.unitId, async () => {
        const results: PatrolCommandResult[] = []
        for (const command of commands) results.push(await one(user, command))
        return results
      })
  }
}

/** A phone's numbers are its user's own: nobody can use up another phone's. */
function clientOf(user: PatrolUser, command: PatrolCommand): string {
  return `${user.userId}/${command.client}`
}

function incidentOf(all: Iterable<Incident>, unitId: UnitId, assignmentId: string): Incident | undefined {
  for (const incident of all) {
    if (
      incident.assignments.some(
        a => a.id === assignmentId && a.unitId === unitId && (isActive(a) || incident.state !== 'closed')
      )
    )
      return incident
  }
  return undefined
}

function messageOf(
  { assignmentId, id: messageId, text, photo }: Extract<OrderCommand, { kind: 'message' }>,
  from: UnitActor,
  writtenAtMs: number
): Step {
  const draft = { id: messageId, text, ...(photo === undefined ? {} : { photo: id<EvidenceId>(photo) }) }
  return { kind: 'unitTells', assignmentId: id<AssignmentId>(assignmentId), draft, from, writtenAtMs }
}

function stepOf(command: Exclude<OrderCommand, { kind: 'finish' | 'message' }>, atMs: number): Step {
  const assignmentId = id<AssignmentId>(command.assignmentId)
  switch (command.kind) {
    case 'accept':
    case 'arrive':
    case 'clear':
      return { kind: command.kind, assignmentId }
    case 'safe':
      return { kind: 'safe', assignmentId, atMs }
    case 'decline':
    case 'withdraw':
      return { kind: command.kind, assignmentId, reason: command.reason }
    case 'messagesSeen':
      return { kind: 'messagesSeen', assignmentId, messages: command.messages, read: command.read }
    case 'report':
      return { kind: 'report', assignmentId, text: command.text, disposition: command.disposition }
  }
}
