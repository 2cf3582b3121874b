/** An operator's action becomes a step of the lifecycle; who may, and with whose second word. */
import { type AssignmentId, type IncidentId, id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import type { Step } from '../core/step.ts'
import type { AuditEntry, Commit } from '../core/store.ts'
import type { IncidentAction, SessionUser } from '../core/wire.ts'

export interface ActionDeps {
  step(incidentId: IncidentId, step: Step, actor: Actor, options?: { reason?: string }): Promise<Incident>
  offer(
    incidentId: IncidentId,
    unitId: Extract<IncidentAction, { action: 'dispatch' }>['unitId'],
    owner: Owner,
    actor: Actor
  ): Promise<Incident>
  may(user: SessionUser, permission: 'incident.act' | 'incident.take' | 'incident.close'): boolean
  /** Checks the second person's own work number and password. */
  confirm(login: string, password: string, origin: string): Promise<SessionUser>
  readonly commit: Commit
  now(): number
}

export type Act = (
  incidentId: IncidentId,
  action: IncidentAction,
  user: SessionUser,
  origin: string
) => Promise<Incident>

export function createActions(deps: ActionDeps): Act {
  return async (incidentId, action, user, origin) => {
    const owner: Owner = { userId: id<UserId>(user.userId), name: user.name, seat: user.seat }
    const actor: Actor = { kind: 'user', ...owner }
    const refuse = async (why: string): Promise<never> => {
      const entry: AuditEntry = {
        atMs: deps.now(),
        who: `user:${user.userId}`,
        action: `incident.${action.action}`,
        object: `incident:${incidentId}`,
        outcome: 'refused',
        reason: why
      }
      await deps.commit({ audit: [entry] })
      throw new GatewayError('NOT_ALLOWED', { why })
    }
    if (action.action === 'take' && !deps.may(user, 'incident.take')) return refuse('a leader takes over')
    if (action.action === 'close' && !deps.may(user, 'incident.close')) return refuse('a leader closes')
    if (action.action === 'dispatch') return deps.offer(incidentId, action.unitId, owner, actor)
    const secondPerson = action.action === 'resolve' ? await secondOf(deps, action, origin) : undefined
    return deps.step(incidentId, stepOf(action, owner, secondPerson), actor, { reason: reasonOf(action) })
  }
}

async function secondOf(
  deps: ActionDeps,
  action: Extract<IncidentAction, { action: 'resolve' }>,
  origin: string
): Promise<string | undefined> {
  if (!action.confirmedBy) return undefined
  const second = await deps.confirm(action.confirmedBy, action.confirmedByPassword ?? '', origin)
  if (!deps.may(second, 'incident.act'))
    throw new GatewayError('NOT_ALLOWED', { why: 'the second person must work on the floor' })
  return second.userId
}

function reasonOf(action: IncidentAction): string | undefined {
  return 'reason' in action ? action.reason : undefined
}

function stepOf(
  action: Exclude<IncidentAction, { action: 'dispatch' }>,
  owner: Owner,
  secondPerson: string | undefined
): Step {
  switch (action.action) {
    case 'acknowledge':
    case 'take':
    case 'release':
      return { kind: action.action, owner }
    case 'verify':
      return { kind: 'verify', owner, nature: action.nature }
    case 'setPriority':
      return { kind: 'setPriority', owner, priority: action.priority, reason: action.reason }
    case 'annotate':
      return { kind: 'annotate', text: action.text }
    case 'recall':
      return { kind: 'recall', owner, assignmentId: id<AssignmentId>(action.assignmentId), reason: action.reason }
    case 'handOver110':
      return { kind: 'handOver110', owner, to: action.to, orderNumber: action.orderNumber }
    case 'resolve':
      return { kind: 'resolve', owner, disposition: action.disposition, feedback: action.feedback, secondPerson }
    case 'reopen':
      return { kind: 'reopen', owner, reason: action.reason }
    case 'close':
      return { kind: 'close', owner }
  }
}
