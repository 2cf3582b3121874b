/** Sends the chosen units, one offer each; the first refusal ends it and is said. */
import type { UnitId } from '../../../../gateway/core/brand.ts'
import type { Floor } from './floor-context.tsx'

export async function dispatchChosen({ act, chosen }: Floor): Promise<void> {
  for (const unitId of chosen) if (!(await act({ action: 'dispatch', unitId: unitId as UnitId }))) return
}
