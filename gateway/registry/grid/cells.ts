/** The cells as they are now, found by code and by place among those around it; indexed anew when others have taken their place. */
import booleanPointInPolygon from '@turf/boolean-point-in-polygon'
import { distanceM, type GeoPoint } from '../../core/geo.ts'
import type { GridCellRow } from '../../core/unit.ts'

export interface Cells {
  readonly all: readonly GridCellRow[]
  byId(cellId: string): GridCellRow | undefined
  /** The smallest cell (highest level number) around the point. */
  at(point: GeoPoint): GridCellRow | undefined
  /** How far the point lies outside the box around all cells, km; 0 within it, and where there is no cell. */
  outsideKm(point: GeoPoint): number
  replace(cells: readonly GridCellRow[]): void
}

export function createCells(file: readonly GridCellRow[]): Cells {
  let all: readonly GridCellRow[] = []
  let byId: ReadonlyMap<string, GridCellRow> = new Map()
  let near: (point: GeoPoint) => readonly Area[] = () => []
  let box: Box = NOWHERE
  const replace = (cells: readonly GridCellRow[]): void => {
    all = cells
    byId = new Map(cells.map(row => [row.id, row]))
    const areas = [...cells].sort((a, b) => b.level - a.level).map(row => ({ row, area: areaOf(row) }))
    near = indexOf(areas)
    box = areas.reduce((around, { area }) => joined(around, area.bbox), NOWHERE)
  }
  replace(file)
  return {
    get all() {
      return all
    },
    byId: cellId => byId.get(cellId),
    at: point => near(point).find(({ area }) => booleanPointInPolygon([point.lon, point.lat], area))?.row,
    outsideKm({ lat, lon }) {
      if (all.length === 0) return 0
      const [west, south, east, north] = box
      const at = (y: number, x: number): GeoPoint => ({ lat: y, lon: x, datum: 'wgs84' })
      const near = at(Math.min(north, Math.max(south, lat)), Math.min(east, Math.max(west, lon)))
      return distanceM(at(lat, lon), near) / 1_000
    },
    replace
  }
}

interface Area {
  readonly row: GridCellRow
  readonly area: ReturnType<typeof areaOf>
}

/** Of a degree: some two kilometres, so that a square has a few small cells and those around them. */
const SQUARE = 0.02
/** A cell over more squares than this is looked at for every point. */
const MOST_SQUARES = 10_000

/** A page of 50,000 cameras asks for the cell of each: only those around its square are looked at. Keeps the order of the areas. */
function indexOf(areas: readonly Area[]): (point: GeoPoint) => readonly Area[] {
  const at = (degrees: number) => Math.floor(degrees / SQUARE)
  const spans = areas.map(each => {
    const [west, south, east, north] = each.area.bbox
    const span = { each, west: at(west), south: at(south), east: at(east), north: at(north) }
    return { ...span, wide: (span.east - span.west + 1) * (span.north - span.south + 1) > MOST_SQUARES }
  })
  const squares = new Map<string, Area[]>()
  for (const { wide, west, south, east, north } of spans)
    if (!wide)
      for (let x = west; x <= east; x++)
        for (let y = south; y <= north; y++) if (!squares.has(`${x} ${y}`)) squares.set(`${x} ${y}`, [])
  for (const { each, wide, west, south, east, north } of spans)
    if (wide) for (const square of squares.values()) square.push(each)
    else for (let x = west; x <= east; x++) for (let y = south; y <= north; y++) squares.get(`${x} ${y}`)?.push(each)
  const elsewhere = spans.filter(({ wide }) => wide).map(({ each }) => each)
  return ({ lat, lon }) => squares.get(`${at(lon)} ${at(lat)}`) ?? elsewhere
}

/** West, south, east, north. */
type Box = [number, number, number, number]
const NOWHERE: Box = [180, 90, -180, -90]

const joined = (a: Box, b: Box): Box => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3])
]

/** Made once: the box around it spares most cells the walk along their ring. */
function areaOf({ ring }: GridCellRow) {
  const bbox: Box = [...NOWHERE]
  for (const [lon, lat] of ring) {
    if (lon < bbox[0]) bbox[0] = lon
    if (lat < bbox[1]) bbox[1] = lat
    if (lon > bbox[2]) bbox[2] = lon
    if (lat > bbox[3]) bbox[3] = lat
  }
  return { type: 'Polygon' as const, coordinates: [ring as [number, number][]], bbox }
}
