/** Whom a group call could mean and how many that are; units found by name, initials or id. Pure. */
import type { UnitId } from '../../../../../gateway/core/brand.ts'
import type { GroupCallChoices, GroupCallKind, GroupTarget } from '../../../../../gateway/core/group-call.ts'
import { initialsOf } from '../../../ui/initials.ts'

/** As gateway/core/group-call.ts has them. */
export const KINDS = ['muster', 'standby', 'patrol', 'callIn', 'withdraw'] as const satisfies readonly GroupCallKind[]
export const TEXT_MAX = 200
export const PLACE_MAX = 80
export const TARGETS = ['onDuty', 'cell', 'class', 'units'] as const
export type TargetKind = (typeof TARGETS)[number]

/** More are found by their name. */
const SHOWN = 60

/** The first of a kind; undefined when there is none. */
export function targetOf(
  kind: TargetKind,
  { cells: [cell], classes: [first], units }: GroupCallChoices
): GroupTarget | undefined {
  switch (kind) {
    case 'onDuty':
      return { kind }
    case 'cell':
      return cell && { kind, cellId: cell.id }
    case 'class':
      return first && { kind, unitClass: first.unitClass }
    case 'units':
      return units.length > 0 ? { kind, unitIds: [] } : undefined
  }
}

export function unitsOf(target: GroupTarget, choices: GroupCallChoices): number {
  switch (target.kind) {
    case 'onDuty':
      return choices.onDuty
    case 'cell':
      return choices.cells.find(({ id }) => id === target.cellId)?.units ?? 0
    case 'class':
      return choices.classes.find(({ unitClass }) => unitClass === target.unitClass)?.units ?? 0
    case 'units':
      return target.unitIds.length
  }
}

/** Chosen ones stay in sight. */
export function matchingUnits(
  units: GroupCallChoices['units'],
  text: string,
  chosen: readonly UnitId[]
): GroupCallChoices['units'] {
  const wanted = text.trim().toLowerCase()
  const isIt = ({ id, name }: { readonly id: string; readonly name: string }) =>
    name.toLowerCase().includes(wanted) || id.toLowerCase().includes(wanted) || initialsOf(name).includes(wanted)
  const kept = units.filter(({ id }) => chosen.includes(id))
  return [...kept, ...units.filter(unit => !chosen.includes(unit.id) && isIt(unit)).slice(0, SHOWN)]
}
