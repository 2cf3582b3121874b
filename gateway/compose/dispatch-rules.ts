/** What the settings and the grid say of who goes first. */
import type { Config } from '../config.ts'
import type { GridCellRow } from '../core/unit.ts'
import type { DispatchOptions } from '../dispatch/dispatch.ts'
import { createJurisdiction } from '../dispatch/jurisdiction.ts'
import { createVehicleAt, type VehiclePlaceDeps } from './vehicle-place.ts'

const SECOND_MS = 1_000

export function dispatchRules(
  { dispatch: { bySystem, prefer } }: Pick<Config, 'dispatch'>,
  cells: () => readonly GridCellRow[],
  vehicles: VehiclePlaceDeps
): Required<Pick<DispatchOptions, 'classRule' | 'areaOf' | 'later' | 'vehicleAt'>> {
  return {
    classRule: bySystem,
    areaOf: createJurisdiction(cells),
    vehicleAt: createVehicleAt(vehicles),
    later: {
      ownS: prefer.ownLaterMs / SECOND_MS,
      neighbourS: prefer.neighbourLaterMs / SECOND_MS,
      skillS: prefer.skillLaterMs / SECOND_MS,
      perOrderS: prefer.perOrderMs / SECOND_MS
    }
  }
}
