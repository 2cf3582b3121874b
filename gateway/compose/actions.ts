/** An operator's action becomes a step of the lifecycle; who may, and with whose second word. */
import { type AssignmentId, type EvidenceId, type IncidentId, id, type UnitId, type UserId } from '../core/brand.ts'
import { unmergeable } from '../core/ending.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import { apply, isOpen } from '../core/lifecycle.ts'
import type { MessageAction } from '../core/message-wire.ts'
import { createSerial } from '../core/serial.ts'
import type { Step } from '../core/step.ts'
import type { UnitMessage } from '../core/unit-message.ts'
import type { IncidentAction, SessionUser } from '../core/wire.ts'
import type { WorkAction } from '../core/work-wire.ts'
import type { Callouts } from '../dispatch/callouts.ts'
import type { Categories } from '../work/categories.ts'
import type { VoiceParties } from './voice-parties.ts'
import type { Work } from './work.ts'
import { workStepOf } from './work-actions.ts'

export interface ActionDeps {
  step(incidentId: IncidentId, step: Step, actor: Actor, options?: { reason?: string }): Promise<Incident>
  offer(
    incidentId: IncidentId,
    unitId: Extract<IncidentAction, { action: 'dispatch' }>['unitId'],
    owner: Owner,
    actor: Actor,
    reason?: string
  ): Promise<Incident>
  /** Audits the refusal and throws it (rule 14). */
  refuse(incidentId: IncidentId, action: string, actor: Actor, code: ErrorCode, why: string): Promise<never>
  readonly callouts: Pick<Callouts, 'call' | 'end'>
  readonly parties: Pick<VoiceParties, 'add' | 'drop'>
  readonly work: Pick<Work, 'categories' | 'sop' | 'handOverTimeoutMs'>
  /** Also one that is filed. */
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  may(user: SessionUser, permission: 'incident.act' | 'incident.take' | 'incident.close'): boolean
  /** Checks the second person's own work number and password. */
  confirm(login: string, password: string, origin: string): Promise<SessionUser>
}

export type Act = (
  incidentId: IncidentId,
  action: IncidentAction,
  user: SessionUser,
  origin: string
) => Promise<Incident>

export function createActions(deps: ActionDeps): Act {
  const turns = createSerial()
  return createAct(deps, async (incidentId, other, work) => {
    // Always in the same order: two that are merged into each other at once do not wait for each other for ever.
    const [first = incidentId, second] = [...new Set([incidentId, other ?? incidentId])].sort()
    return turns.run(first, () => (second === undefined ? work() : turns.run(second, work)))
  })
}

/** Two that are merged into each other at once would both be over, and one that ends while another is merged into it takes that with it. */
type InTurn = (incidentId: string, other: string | undefined, work: () => Promise<Incident>) => Promise<Incident>

function createAct(deps: ActionDeps, inTurn: InTurn): Act {
  return async (incidentId, action, user, origin) => {
    const owner: Owner = { userId: id<UserId>(user.userId), name: user.name, seat: user.seat }
    const actor = { kind: 'user', ...owner, login: user.login } as const
    const refuse = (why: string): Promise<never> => deps.refuse(incidentId, action.action, actor, 'NOT_ALLOWED', why)
    if (action.action === 'take' && !deps.may(user, 'incident.take')) return refuse('a leader takes over')
    const closes = action.action === 'close' || action.action === 'returnFeedback'
    if (closes && !deps.may(user, 'incident.close')) return refuse('a leader closes')
    if (action.action === 'callNeighbours' || action.action === 'endCallNeighbours') {
      // A leader need not take the incident over first.
      const asking = deps.may(user, 'incident.take') ? undefined : owner
      return deps.callouts[action.action === 'callNeighbours' ? 'call' : 'end'](incidentId, asking, actor)
    }
    if (action.action === 'addParty' || action.action === 'dropParty') {
      const asking = deps.may(user, 'incident.take') ? undefined : owner
      return action.action === 'addParty'
        ? deps.parties.add(incidentId, action.to, asking, actor)
        : deps.parties.drop(incidentId, action.party, asking, actor)
    }
    if (action.action === 'message' || action.action === 'readMessages') {
      const step = messageStepOf(action, { owner, asLeader: deps.may(user, 'incident.take'), from: actor })
      return deps.step(incidentId, step, actor)
    }
    if (action.action === 'dispatch') return deps.offer(incidentId, action.unitId, owner, actor, action.reason)
    const other = action.action === 'link' ? action.to : action.action === 'merge' ? action.into : undefined
    const secondPerson = action.action === 'resolve' ? await secondOf(deps, action, origin, refuse) : undefined
    const asLeader = deps.may(user, 'incident.take')
    const { categories, sop, handOverTimeoutMs } = deps.work
    const move = async (): Promise<Incident> => {
      const pair = other === undefined ? undefined : await pairOf(deps, incidentId, other, action.action, actor)
      const step = isWork(action)
        ? await workStepOf(action, {
            ...{ owner, asLeader, categories, sop, handOverTimeoutMs, secondPerson },
            incident: pair?.own ?? (await deps.incident(incidentId)),
            other: pair?.other,
            refuse: (code, why) => deps.refuse(incidentId, action.action, actor, code, why)
          })
        : stepOf(action, owner, categories)
      if (pair) await linkBack(deps, pair, step, actor)
      return deps.step(incidentId, step, actor, { reason: reasonOf(action) })
    }
    return other !== undefined || action.action === 'resolve' || closes ? inTurn(incidentId, other, move) : move()
  }
}

interface Pair {
  readonly own: Incident
  readonly other: Incident
}

async function pairOf(
  deps: ActionDeps,
  incidentId: IncidentId,
  otherId: string,
  action: string,
  actor: Actor
): Promise<Pair> {
  const [own, other] = await Promise.all([deps.incident(incidentId), deps.incident(id<IncidentId>(otherId))])
  if (!own || !other) throw new GatewayError('NOT_FOUND', { incident: own ? otherId : incidentId })
  const open = own.id !== other.id && isOpen(other)
  const why = !open ? 'it is linked with another open one only' : action === 'merge' && unmergeable(own, other)
  return why ? deps.refuse(own.id, action, actor, 'ILLEGAL_TRANSITION', why) : { own, other }
}

/**
 * The other one's line first: a kill between the two leaves a link that says what was meant, and the order can be given again.
 * What would be refused writes nothing on the other one.
 */
async function linkBack(deps: ActionDeps, { own, other }: Pair, step: Step, actor: Actor): Promise<void> {
  const tried = apply(own, step, actor, own.updatedAtMs)
  if (!tried.ok) return deps.refuse(own.id, step.kind, actor, tried.code, tried.why)
  if (!other.linked.includes(own.id)) await deps.step(other.id, { kind: 'link', to: own.id, number: own.number }, actor)
}

async function secondOf(
  deps: ActionDeps,
  action: Extract<IncidentAction, { action: 'resolve' }>,
  origin: string,
  refuse: (why: string) => Promise<never>
): Promise<string | undefined> {
  if (!action.confirmedBy) return undefined
  const second = await deps.confirm(action.confirmedBy, action.confirmedByPassword ?? '', origin)
  if (!deps.may(second, 'incident.act')) return refuse('the second person must work on the floor')
  return second.userId
}

function reasonOf(action: IncidentAction): string | undefined {
  return 'reason' in action ? action.reason : undefined
}

const WORK: ReadonlySet<string> = new Set<WorkAction['action']>([
  ...([
    'handOver110',
    'answerHandOver',
    'link',
    'merge',
    'categorize',
    'sop',
    'feedback',
    'resolve',
    'returnFeedback',
    'reopen',
    'close'
  ] as const)
])

const isWork = (action: IncidentAction): action is WorkAction => WORK.has(action.action)

function messageStepOf(
  action: MessageAction,
  by: { readonly owner: Owner; readonly asLeader: boolean; readonly from: UnitMessage['from'] }
): Step {
  if (action.action === 'readMessages') return { kind: 'messagesRead', owner: by.owner, asLeader: by.asLeader }
  const { id: messageId, text, photo, to } = action
  const draft = { id: messageId, text, ...(photo === undefined ? {} : { photo: id<EvidenceId>(photo) }) }
  return { kind: 'tellUnits', ...by, draft, ...(to === undefined ? {} : { to: id<UnitId>(to) }) }
}

type PlainAction = Exclude<
  IncidentAction,
  | WorkAction
  | MessageAction
  | { action: 'dispatch' | 'callNeighbours' | 'endCallNeighbours' | 'addParty' | 'dropParty' }
>

function stepOf(action: PlainAction, owner: Owner, categories: Categories): Step {
  switch (action.action) {
    case 'acknowledge':
    case 'take':
    case 'release':
      return { kind: action.action, owner }
    case 'verify': {
      const { nature } = action
      return { kind: 'verify', owner, nature, category: nature && categories.forNature(nature) }
    }
    case 'markDuress':
      return { kind: 'markDuress', owner }
    case 'setPriority':
      return { kind: 'setPriority', owner, priority: action.priority, reason: action.reason }
    case 'annotate':
      return { kind: 'annotate', text: action.text }
    case 'recall':
      return { kind: 'recall', owner, assignmentId: id<AssignmentId>(action.assignmentId), reason: action.reason }
  }
}
