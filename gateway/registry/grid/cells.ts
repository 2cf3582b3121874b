/** The cells as they are now, found by code and by place; indexed anew when others have taken their place. */
import booleanPointInPolygon from '@turf/boolean-point-in-polygon'
import type { GeoPoint } from '../../core/geo.ts'
import type { GridCellRow } from '../../core/unit.ts'

export interface Cells {
  readonly all: readonly GridCellRow[]
  byId(cellId: string): GridCellRow | undefined
  /** The smallest cell (highest level number) around the point. */
  at(point: GeoPoint): GridCellRow | undefined
  replace(cells: readonly GridCellRow[]): void
}

export function createCells(file: readonly GridCellRow[]): Cells {
  let all: readonly GridCellRow[] = []
  let byId: ReadonlyMap<string, GridCellRow> = new Map()
  let areas: readonly { readonly row: GridCellRow; readonly area: ReturnType<typeof areaOf> }[] = []
  const replace = (cells: readonly GridCellRow[]): void => {
    all = cells
    byId = new Map(cells.map(row => [row.id, row]))
    areas = [...cells].sort((a, b) => b.level - a.level).map(row => ({ row, area: areaOf(row) }))
  }
  replace(file)
  return {
    get all() {
      return all
    },
    byId: cellId => byId.get(cellId),
    at: point => areas.find(({ area }) => booleanPointInPolygon([point.lon, point.lat], area))?.row,
    replace
  }
}

/** Made once: the box around it spares most cells the walk along their ring. */
function areaOf({ ring }: GridCellRow) {
  const bbox: [number, number, number, number] = [180, 90, -180, -90]
  for (const [lon, lat] of ring) {
    if (lon < bbox[0]) bbox[0] = lon
    if (lat < bbox[1]) bbox[1] = lat
    if (lon > bbox[2]) bbox[2] = lon
    if (lat > bbox[3]) bbox[3] = lat
  }
  return { type: 'Polygon' as const, coordinates: [ring as [number, number][]], bbox }
}
