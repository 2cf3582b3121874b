/** Which units the next D sends: one key chooses, the same key again adds it to those chosen before. Pure. */
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
