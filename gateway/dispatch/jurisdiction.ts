/** 辖区: whose grid cell holds a place, and which cells lie beside that one; what is known of the cells is read once and again when they change. */
import booleanPointInPolygon from '@turf/boolean-point-in-polygon'
import type { GridCellId, UnitId } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { GridCellRow } from '../core/unit.ts'

export interface Area {
  /** Cells of every level that hold the place. */
  readonly own: ReadonlySet<GridCellId>
  /** Units that these cells name as responsible. */
  readonly ownUnits: ReadonlySet<UnitId>
  /** Cells of its own level that touch the smallest of them. */
  readonly beside: ReadonlySet<GridCellId>
}

export const NOWHERE: Area = { own: new Set(), ownUnits: new Set(), beside: new Set() }

/** Drawn borders of neighbours do not meet to the metre. */
const TOUCH_M = 30
const M_PER_DEGREE = 111_195

type Ring = GridCellRow['ring']
interface Box {
  readonly row: GridCellRow
  readonly west: number
  readonly east: number
  readonly south: number
  readonly north: number
}

const boxOf = (row: GridCellRow): Box => {
  const [lons, lats] = [row.ring.map(point => point[0]), row.ring.map(point => point[1])]
  return { row, west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats) }
}

export function createJurisdiction(cells: () => readonly GridCellRow[]): (place: GeoPoint | undefined) => Area {
  let read: readonly GridCellRow[] | undefined
  let boxes: readonly Box[] = []
  const touching = new Map<GridCellId, ReadonlySet<GridCellId>>()
  const refresh = (): void => {
    const now = cells()
    if (now === read) return
    read = now
    boxes = now.map(boxOf)
    touching.clear()
  }
  const besides = (home: Box): ReadonlySet<GridCellId> => {
    const known = touching.get(home.row.id)
    if (known) return known
    const found = boxes.filter(box => box.row.level === home.row.level && box !== home && touches(home, box))
    const ids = new Set(found.map(box => box.row.id))
    touching.set(home.row.id, ids)
    return ids
  }
  return place => {
    refresh()
    if (!place || boxes.length === 0) return NOWHERE
    const { lat, lon } = place
    const holding = boxes.filter(
      ({ west, east, south, north, row }) =>
        lon >= west &&
        lon <= east &&
        lat >= south &&
        lat <= north &&
        booleanPointInPolygon([lon, lat], { type: 'Polygon', coordinates: [row.ring.map(([x, y]) => [x, y])] })
    )
    const [first] = holding
    if (!first) return NOWHERE
    const smallest = holding.reduce((least, box) => (box.row.level > least.row.level ? box : least), first)
    const units = holding.flatMap(({ row }) => (row.unitId ? [row.unitId] : []))
    return { own: new Set(holding.map(box => box.row.id)), ownUnits: new Set(units), beside: besides(smallest) }
  }
}

function touches(a: Box, b: Box): boolean {
  const perLon = Math.cos((a.south * Math.PI) / 180) * M_PER_DEGREE
  const [dLon, dLat] = [TOUCH_M / perLon, TOUCH_M / M_PER_DEGREE]
  const apart = a.west - dLon > b.east || b.west - dLon > a.east || a.south - dLat > b.north || b.south - dLat > a.north
  return !apart && (near(a.row.ring, b.row.ring, perLon) || near(b.row.ring, a.row.ring, perLon))
}

/** Whether a corner of one lies on the border of the other. */
function near(corners: Ring, border: Ring, perLon: number): boolean {
  return corners.some(([lon, lat]) =>
    border.some((from, n) => {
      const to = border[n + 1]
      if (!to) return false
      const [px, py] = [(lon - from[0]) * perLon, (lat - from[1]) * M_PER_DEGREE]
      const [dx, dy] = [(to[0] - from[0]) * perLon, (to[1] - from[1]) * M_PER_DEGREE]
      const length = dx * dx + dy * dy
      const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length))
      return Math.hypot(px - along * dx, py - along * dy) <= TOUCH_M
    })
  )
}
