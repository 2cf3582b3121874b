/** Availability of cameras by grid cell from what was added up of each over the days of a report. Pure. */
import type { CameraLine } from '../core/report.ts'
import type { CameraSums } from './camera-days.ts'
import type { Rollup } from './grid-rollup.ts'

/** The cell that a camera stands in; empty: outside of every cell. */
export interface CameraCell {
  readonly id: string
  readonly name: string
}

/** `cellOf`: undefined for a camera that is no longer there. The least available cell first; cameras that were not watched in these days count in no cell. */
export function cameraLinesOf(
  { cameras }: Pick<CameraSums, 'cameras'>,
  cellOf: (cameraId: string) => CameraCell | undefined,
  rollup?: Rollup
): readonly CameraLine[] {
  const lines = new Map<string, { -readonly [K in keyof CameraLine]: CameraLine[K] }>()
  for (const [cameraId, liveS, downS, plannedS] of cameras) {
    const own = cellOf(cameraId)
    const cell = own && countedIn(own, rollup)
    if (!cell || liveS + downS + plannedS === 0) continue
    const line = lines.get(cell.id) ?? {
      ...{ gridId: cell.id, gridName: cell.name, cameras: 0 },
      ...{ liveS: 0, downS: 0, plannedS: 0 }
    }
    lines.set(cell.id, line)
    line.cameras += 1
    line.liveS += liveS
    line.downS += downS
    line.plannedS += plannedS
  }
  const share = ({ liveS, downS }: CameraLine) => (liveS + downS === 0 ? 2 : liveS / (liveS + downS))
  return [...lines.values()].sort((a, b) => share(a) - share(b) || (a.gridId < b.gridId ? -1 : 1))
}

/** As incidents of that cell are counted. */
function countedIn(cell: CameraCell, rollup: Rollup | undefined): CameraCell | undefined {
  if (!rollup) return cell
  const found = Object.hasOwn(rollup.cells, cell.id) ? rollup.cells[cell.id] : undefined
  return found ?? (rollup.all ? cell : undefined)
}
