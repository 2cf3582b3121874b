/** Messages of an incident as the console asks for them; who may be written to and shown what, the gateway decides (core/unit-message.ts, the same by test). */
import type { Assignment, Incident } from '../../../gateway/core/incident.ts'
import type { UnitMessage } from '../../../gateway/core/unit-message.ts'

/** It has taken the order, and nobody has ended it. */
export const isUnderWay = ({ state }: Pick<Assignment, 'state'>): boolean => state === 'enRoute' || state === 'arrived'

/** Written to it or by it. */
export const isOfUnit = ({ from, to }: Pick<UnitMessage, 'from' | 'to'>, unitId: string): boolean =>
  from.kind === 'unit' ? from.unitId === unitId : to.some(each => each.unitId === unitId)

/** Of units, not read yet by the floor. */
export const unreadOf = ({ messages = [] }: Pick<Incident, 'messages'>): readonly UnitMessage[] =>
  messages.filter(each => each.from.kind === 'unit' && !each.readBy)
