/** Availability of cameras by grid cell over the days of a report, from the days that the availability room keeps at hand. Pure. */
import type { CameraDays, CameraHealthRow } from '../core/camera-health-wire.ts'
import { type CameraLine, REPORT_MAX_LINES, type ReportSpan } from '../core/report.ts'

/** The least available cell first; cameras that were not watched in these days count in no cell. */
export function cameraLinesOf(
  rows: readonly Pick<CameraHealthRow, 'id' | 'gridCell'>[],
  { days, cameras }: CameraDays,
  { fromDay, toDay }: ReportSpan
): readonly CameraLine[] {
  const cells = new Map(rows.map(row => [row.id as string, row.gridCell ?? '']))
  const wanted = days.flatMap((day, at) => (day >= fromDay && day <= toDay ? [at] : []))
  const lines = new Map<string, { -readonly [K in keyof CameraLine]: CameraLine[K] }>()
  for (const { id, days: figures } of cameras) {
    const gridName = cells.get(id)
    if (gridName === undefined) continue
    let [live, down, planned] = [0, 0, 0]
    for (const at of wanted) {
      const figure = figures[at]
      if (!figure) continue
      live += figure[0]
      down += figure[1]
      planned += figure[2]
    }
    if (live + down + planned === 0) continue
    const line = lines.get(gridName) ?? { gridName, cameras: 0, liveS: 0, downS: 0, plannedS: 0 }
    lines.set(gridName, line)
    line.cameras += 1
    line.liveS += live
    line.downS += down
    line.plannedS += planned
  }
  const share = ({ liveS, downS }: CameraLine) => (liveS + downS === 0 ? 2 : liveS / (liveS + downS))
  return [...lines.values()].sort((a, b) => share(a) - share(b)).slice(0, REPORT_MAX_LINES)
}
