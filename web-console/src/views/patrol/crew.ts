/** Who of the team is on duty, as the phone of one of them tells it. Pure. */
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { SessionUser } from '../../../../gateway/core/wire.ts'

export interface Crew {
  /** On duty besides the one who looks. */
  readonly others: readonly string[]
  readonly onDuty: number
  /** Of how many; a team may have more on duty than it is listed with. */
  readonly all: number
}

/** Whoever looks is counted, also while his word that he is on duty has not reached the gateway. */
export function crewOf(unit: Unit | undefined, self: Pick<SessionUser, 'userId'> | undefined): Crew {
  const others = (unit?.members ?? []).filter(each => each.userId !== self?.userId).map(each => each.name)
  const onDuty = others.length + 1
  return { others, onDuty, all: Math.max(onDuty, unit?.memberCount ?? 1) }
}
