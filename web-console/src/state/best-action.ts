/** The one best next action, drawn in white, and whether anybody can be sent. Pure. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import type { ActionName } from './rights.ts'
import { leftSceneAtMs } from './target.ts'

export interface Force {
  /** Orders that are offered, moving or on scene. */
  readonly active: number
  /** Units that a digit may choose. */
  readonly proposed: number
  /** Units that D would send now. */
  readonly chosen: number
  /** False while the gateway has not ranked them yet. */
  readonly known: boolean
}

/** A word of `floor:whyNot` when D would send nobody; undefined also while that is not known yet. */
export function whyNobody({ proposed, chosen, known }: Force): 'noUnit' | 'chooseUnit' | undefined {
  if (chosen > 0 || !known) return undefined
  return proposed > 0 ? 'chooseUnit' : 'noUnit'
}

/**
 * Acknowledging or taking while it is not ours, then dispatching, then resolving; for a resolved one, the leader's closing.
 * Where nobody can be sent it is verified first, then handed over to those who can send somebody.
 * A scene from which everybody was called off is like one that nobody has reached.
 */
export function bestAction(
  incident: Incident | undefined,
  user: Pick<SessionUser, 'userId' | 'role'>,
  force: Force
): ActionName | undefined {
  if (!incident) return undefined
  if (incident.state === 'resolved') {
    if (incident.review?.verdict === 'returned') return incident.owner?.userId === user.userId ? 'feedback' : undefined
    return user.role === 'leader' ? 'close' : undefined
  }
  if (incident.state === 'closed') return undefined
  if (!incident.owner) return 'acknowledge'
  if (incident.owner.userId !== user.userId) return user.role === 'leader' ? 'take' : undefined
  if (incident.state === 'onScene' && !deserted(incident)) return 'resolve'
  if (force.active > 0) return undefined
  if (whyNobody(force) === undefined) return 'dispatch'
  return incident.state === 'acknowledged' ? 'verify' : 'handOver110'
}

/** Whoever was there has gone without having finished. */
function deserted(incident: Incident): boolean {
  return leftSceneAtMs(incident) !== undefined && !incident.assignments.some(order => order.state === 'cleared')
}
