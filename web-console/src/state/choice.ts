/** Which units the next D sends: the best one by itself; one key chooses, the same key again adds it to those chosen before. Pure. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { Unit } from '../../../gateway/core/unit.ts'
import type { UnitCandidate } from '../../../gateway/core/wire.ts'
import { isDangerous } from './steps.ts'

export interface UnitChoice {
  readonly chosen: readonly string[]
  readonly before: readonly string[]
}

export const NO_CHOICE: UnitChoice = { chosen: [], before: [] }

export function chooseUnit(choice: UnitChoice, unitId: string): UnitChoice {
  const again = choice.chosen.length === 1 && choice.chosen[0] === unitId
  if (again && choice.before.length > 0 && !choice.before.includes(unitId))
    return { chosen: [...choice.before, unitId], before: [] }
  return { chosen: [unitId], before: choice.chosen }
}

interface Answered {
  readonly candidates: readonly UnitCandidate[]
  /** Those that are asked for by name, and those that the answer was asked for. */
  readonly others: readonly string[]
  readonly asked: readonly string[] | undefined
}

/** Without those who are not free any more; who was just asked for by name stays until it was answered. */
export function stillFree(chosen: readonly string[], { candidates, others, asked }: Answered): readonly string[] {
  return chosen.filter(
    each => candidates.some(({ unitId }) => unitId === each) || (asked !== others && others.includes(each))
  )
}

const ON_IT: ReadonlySet<string> = new Set(['offered', 'enRoute', 'arrived'])

/** Chosen ones that are not free any more, each with why, a word of `floor:units.dropped`; who was sent to this very incident was not lost. */
export function droppedOf(
  chosen: readonly string[],
  still: readonly string[],
  incident: Incident | undefined,
  units: ReadonlyMap<string, Pick<Unit, 'name' | 'state'>>
): readonly { readonly name: string; readonly why: 'offDuty' | 'elsewhere' | 'gone' }[] {
  const here = new Set<string>(incident?.assignments.filter(each => ON_IT.has(each.state)).map(each => each.unitId))
  return chosen
    .filter(each => !still.includes(each) && !here.has(each))
    .map(each => {
      const { name = each, state } = units.get(each) ?? {}
      return { name, why: state === 'offDuty' ? 'offDuty' : state && state !== 'available' ? 'elsewhere' : 'gone' }
    })
}

/** Two are waited for at most this much longer than the nearest single one; the gateway's core/two-first.ts says why, and is the same by test. */
const TWO_LATER_S = 5 * 60

/** The first ranked unit that is free; where violence is near, one of two people before a single one who is little nearer. */
export function bestUnit(candidates: readonly UnitCandidate[], incident: Incident | undefined): string | undefined {
  const free = candidates.filter(each => each.ranked && each.state === 'available')
  const [nearest] = free
  if (!nearest || !incident || !isDangerous(incident)) return nearest?.unitId
  const two = free.find(each => !each.reasons.includes('alone') && each.etaS <= nearest.etaS + TWO_LATER_S)
  return (two ?? nearest).unitId
}
