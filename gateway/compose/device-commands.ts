/** Orders to devices: who may give which to whom, on record before it goes out, and the answer in the story of the incident. */
import { randomUUID } from 'node:crypto'
import { may } from '../access/permissions.ts'
import type { Config } from '../config.ts'
import { type IncidentId, id, protocolOf, type SourceId, type UserId } from '../core/brand.ts'
import {
  CALLS_FOR_HELP,
  COMMAND_KINDS,
  type CommandAnswer,
  type CommandKind,
  type CommandRequest,
  type CommandTarget,
  givesSign,
  listens,
  saidOf
} from '../core/device-command.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Alarm, Incident } from '../core/incident.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { Commit } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import type { DeviceCommandRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import { closeCutOrders, marked, unmarked } from './cut-orders.ts'
import { isDuressAt, isSilentAt, openAlarmsAt } from './duress.ts'

export interface DeviceCommandDeps {
  readonly config: Pick<Config, 'adapters'>
  readonly clock: Clock
  readonly log: Log
  readonly incidents: Pick<Incidents, 'get' | 'alarmsOf' | 'callsOf' | 'step' | 'refuse'>
  readonly parts: readonly { readonly name: string; readonly adapter: Adapter }[]
  /** As it stood at the start. */
  readonly remembered: ReadonlyMap<string, string>
  readonly commit: Commit
  /** The sound of a vehicle's cameras, which the adapter alone cannot give: where it goes to is the video plane's. */
  readonly cabinSound: {
    offered(incident: Incident, sourceId: SourceId): boolean
    hear(incidentId: IncidentId, sourceId: SourceId): Promise<CommandAnswer>
  }
  /** Checks the second person's own work number and password. */
  confirm(request: { readonly login: string; readonly password: string; readonly origin: string }): Promise<SessionUser>
}

/** Longer than any adapter waits for its device; after it the order counts as unanswered. */
const ANSWER_MS = 120_000
const DETAIL_MAX = 200

const ACTOR_SYSTEM: Actor = { kind: 'system' }

/** Why an order is not given: the code of the answer and the words of the record. */
type No = readonly [ErrorCode, string]

export async function createDeviceCommands(deps: DeviceCommandDeps): Promise<DeviceCommandRooms> {
  const { incidents } = deps
  await closeCutOrders(deps)
  /** An order under way, by source and kind: a second press of the same button is not a second order. */
  const underWay = new Set<string>()
  const adapterOf = (sourceId: SourceId) => deps.parts.find(part => part.name === protocolOf(sourceId))?.adapter

  const targetsOf = (incident: Incident): CommandTarget[] => {
    const bySource = new Map(incidents.alarmsOf(incident.id).map(alarm => [alarm.sourceId, alarm.sourceKind]))
    return [...bySource].map(([sourceId, sourceKind]) => ({
      ...{ sourceId, sourceKind },
      commands: offeredBy(sourceId, incident).filter(kind => !forbidden(kind, sourceId, incident)),
      ...(adapterOf(sourceId)?.hasRoofSign?.(sourceId) ? { roofSign: true as const } : {})
    }))
  }

  /** A vehicle's cameras have sound where its adapter reaches it at all. */
  const offeredBy = (sourceId: SourceId, incident: Incident): readonly CommandKind[] => {
    const own = (adapterOf(sourceId)?.commandsOf?.(sourceId) ?? []).filter(kind => kind !== 'cabinSound')
    return own.length > 0 && deps.cabinSound.offered(incident, sourceId) ? [...own, 'cabinSound'] : own
  }

  /** What no role can lift: rules 4 and 5, and listening where it is not switched on. */
  const forbidden = (kind: CommandKind, sourceId: SourceId, incident: Incident): string | undefined => {
    if (givesSign(kind) && isDuressAt(incident, incidents)) return 'duress: nothing may be seen or heard there'
    if (kind === 'disarm' && openAlarmsAt(incident, incidents).some(alarm => isCallOf(sourceId, alarm)))
      return 'somebody calls for help there: it is not disarmed'
    if (listens(kind) && !mayListen(deps.config, sourceId)) return 'listening in is not switched on for this protocol'
    return undefined
  }

  const find = (incidentId: IncidentId, user: SessionUser): Incident => {
    const incident = incidents.get(incidentId)
    if (!incident || !concerns(user, incident)) throw new GatewayError('NOT_FOUND', { incident: incidentId })
    return incident
  }

  const secondOf = async (
    { command, confirmedBy, confirmedByPassword }: CommandRequest,
    user: SessionUser,
    origin: string
  ): Promise<string | No | undefined> => {
    if (!listens(command.kind)) return undefined
    if (!confirmedBy) return ['NOT_ALLOWED', 'listening in needs the word of a leader']
    const second = await deps.confirm({ login: confirmedBy, password: confirmedByPassword ?? '', origin })
    if (!may(second, 'incident.take')) return ['NOT_ALLOWED', 'the second person must be a leader']
    if (second.userId === user.userId) return ['NOT_ALLOWED', 'the second person must be somebody else']
    return second.userId
  }

  const refusalOf = (
    { source, command: { kind }, silentConfirmed }: CommandRequest,
    incident: Incident,
    user: SessionUser
  ): No | undefined => {
    const role = mayOrder(kind, incident, user)
    if (role) return role
    if (!incidents.alarmsOf(incident.id).some(alarm => alarm.sourceId === source))
      return ['COMMAND_REFUSED', 'this source is not of this incident']
    const sourceId = id<SourceId>(source)
    const why = forbidden(kind, sourceId, incident)
    if (why) return ['COMMAND_REFUSED', why]
    if (kind === 'cabinSound' && !deps.cabinSound.offered(incident, sourceId))
      return ['COMMAND_REFUSED', 'no camera of this vehicle sends, or it is heard already']
    // Rule 5: only a person may decide to give a sign, and must have said that he knows.
    if (givesSign(kind) && isSilentAt(incident, incidents) && silentConfirmed !== true)
      return ['COMMAND_REFUSED', 'silent alarm: it would be seen or heard there']
    return underWay.has(`${kind} ${source}`) ? ['COMMAND_REFUSED', 'the same order is under way'] : undefined
  }

  /** The adapter's answer; one that throws or hangs has given none. */
  const ask = (incident: Incident, sourceId: SourceId, { command }: CommandRequest): Promise<CommandAnswer> => {
    const adapter = adapterOf(sourceId)
    if (command.kind === 'cabinSound') return deps.cabinSound.hear(incident.id, sourceId)
    if (!adapter?.command) return Promise.resolve({ result: 'unsupported' })
    const late = Promise.withResolvers<CommandAnswer>()
    const cancel = deps.clock.after(ANSWER_MS, () => late.resolve({ result: 'noAnswer' }))
    const asked = Promise.try(() => adapter.command?.(sourceId, command) ?? { result: 'unsupported' as const })
    const safe = asked.catch((error: unknown): CommandAnswer => {
      deps.log.warn({ err: error, source: sourceId, command: command.kind }, 'an order to a device failed')
      return { result: 'noAnswer' }
    })
    return Promise.race([safe, late.promise]).finally(cancel)
  }

  const give = async (
    request: CommandRequest,
    incident: Incident,
    actor: Actor,
    secondPerson: string | undefined
  ): Promise<CommandAnswer> => {
    const sourceId = id<SourceId>(request.source)
    const line = { source: sourceId, command: request.command.kind, order: randomUUID() }
    const asked = { ...line, result: 'asked' as const, detail: saidOf(request.command).slice(0, DETAIL_MAX) }
    const data = secondPerson === undefined ? asked : { ...asked, secondPerson }
    // One transaction: the line of the story and the audit entry. Only then does it go out (rule 11).
    const extra = { remember: [marked(incident.id, line)] }
    await incidents.step(incident.id, { kind: 'deviceCommand', data }, actor, { extra })
    const answer = await ask(incident, sourceId, request)
    const detail = (answer.detail ?? '').slice(0, DETAIL_MAX)
    const answered = answer.result === 'done' || answer.result === 'refused'
    const by: Actor = answered ? { kind: 'device', sourceId } : ACTOR_SYSTEM
    const told: Step = { kind: 'deviceCommand', data: { ...line, result: answer.result, detail } }
    await incidents
      .step(incident.id, told, by, { extra: { remember: [unmarked(line)] } })
      .catch(error => deps.log.warn({ err: error, ...line }, "a device's answer could not be put on record"))
    return answer
  }

  return {
    targets(incidentId, user) {
      const incident = find(incidentId, user)
      const needWord = isSilentAt(incident, incidents) ? COMMAND_KINDS.filter(givesSign) : []
      return { needWord, sources: targetsOf(incident) }
    },
    async order(incidentId, request, user, origin) {
      const incident = find(incidentId, user)
      const key = `${request.command.kind} ${request.source}`
      const actor: Actor = {
        ...{ kind: 'user', userId: id<UserId>(user.userId), name: user.name, seat: user.seat, login: user.login }
      }
      const refuse = ([code, why]: No) => incidents.refuse(incidentId, 'deviceCommand', actor, code, why)
      const no = refusalOf(request, incident, user)
      if (no) return refuse(no)
      underWay.add(key)
      try {
        const second = await secondOf(request, user, origin)
        if (typeof second === 'object') return await refuse(second)
        return await give(request, incident, actor, second)
      } finally {
        underWay.delete(key)
      }
    }
  }
}

/** Whether this alarm is a person's call for help from that source. */
const isCallOf = (sourceId: SourceId, alarm: Alarm): boolean =>
  alarm.sourceId === sourceId && CALLS_FOR_HELP.has(alarm.alarmClass)

function mayListen(config: Pick<Config, 'adapters'>, sourceId: SourceId): boolean {
  const settings = config.adapters[protocolOf(sourceId)]?.settings as { readonly listenIn?: unknown } | undefined
  return settings?.listenIn === true
}

/** The floor sees every incident, a taxi dispatcher those of the own fleet. */
const concerns = (user: SessionUser, { subject }: Incident): boolean =>
  may(user, 'incident.read') || (user.fleetId !== undefined && subject.fleetId === user.fleetId)

function mayOrder(kind: CommandKind, incident: Incident, user: SessionUser): No | undefined {
  if (!may(user, 'incident.act'))
    return kind === 'text' ? undefined : ['NOT_ALLOWED', 'a dispatcher sends texts to the own fleet, nothing else']
  if (may(user, 'incident.take') || incident.owner?.userId === user.userId) return undefined
  return incident.owner
    ? ['NOT_OWNER', `${incident.owner.name} has it`]
    : ['ILLEGAL_TRANSITION', 'nobody has acknowledged it yet']
}
