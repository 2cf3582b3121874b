/** GeoJSON text → the cells of a grid, or every fault it has with its place in the file; pure. */
import { type GridCellId, id, type UnitId } from '../../core/brand.ts'
import { type GridFault, type GridFaultCode, type GridRing, GRID_LIMITS as LIMITS } from '../../core/grid-wire.ts'
import { oneLine } from '../../core/plain-text.ts'
import type { GridCellRow } from '../../core/unit.ts'
import { toWgs84 } from '../datum.ts'
import { crossingOf } from './ring.ts'

export interface ReadOptions {
  readonly datum: 'wgs84' | 'gcj02'
  readonly units: readonly { readonly id: string; readonly name: string }[]
}

export interface ReadGrid {
  readonly cells: readonly GridCellRow[]
  readonly faults: readonly GridFault[]
}

interface Feature {
  readonly id?: unknown
  readonly properties?: Readonly<Record<string, unknown>> | null
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null
}

/** A centimetre or so: more digits say nothing about a boundary. */
const DEGREE_DIGITS = 1e7
const CODE = /^\S+$/

export function readGrid(text: string, options: ReadOptions): ReadGrid {
  const features = featuresOf(text)
  if (!features) return { cells: [], faults: [{ code: 'notGeoJson', cells: [] }] }
  if (features.length === 0) return { cells: [], faults: [{ code: 'empty', cells: [] }] }
  if (features.length > LIMITS.cells) return refused('tooManyCells', LIMITS.cells)
  const points = features.reduce((sum, each) => sum + pointsOf(each), 0)
  if (points > LIMITS.allPoints) return refused('tooManyPoints', LIMITS.allPoints)

  const unitOf = unitFinder(options.units)
  const faults: GridFault[] = []
  const cells: GridCellRow[] = []
  const parents = new Map<GridCellRow, { readonly code: string; readonly feature: number }>()
  const byCode = new Map<string, { readonly cell: GridCellRow; readonly feature: number }>()
  for (const [index, feature] of features.entries()) {
    const n = index + 1
    const refuse: Refuse = (code, more = {}) => faults.push({ code, feature: n, cells: [], ...more })
    const read = cellOf(feature, options.datum, unitOf, refuse)
    if (!read) continue
    const before = byCode.get(read.cell.id)
    if (before) refuse('codeTwice', { cells: [read.cell.id], value: String(before.feature) })
    else byCode.set(read.cell.id, { cell: read.cell, feature: n })
    if (read.parent !== '') parents.set(read.cell, { code: read.parent, feature: n })
    cells.push(read.cell)
  }
  return { cells: cells.map(cell => withParent(cell, parents.get(cell), byCode, faults)), faults }
}

type Refuse = (code: GridFaultCode, more?: Omit<Partial<GridFault>, 'code'>) => unknown

function refused(code: GridFaultCode, most: number): ReadGrid {
  return { cells: [], faults: [{ code, cells: [], value: String(most) }] }
}

function featuresOf(text: string): readonly Feature[] | undefined {
  try {
    const json = JSON.parse(text) as { readonly type?: unknown; readonly features?: unknown } | null
    if (json?.type !== 'FeatureCollection' || !Array.isArray(json.features)) return undefined
    return json.features.map(each => (typeof each === 'object' && each !== null ? (each as Feature) : {}))
  } catch {
    return undefined
  }
}

/** Counted before anything is copied. */
function pointsOf({ geometry }: Feature): number {
  const rings = geometry?.coordinates
  return Array.isArray(rings)
    ? rings.reduce((sum: number, ring) => sum + (Array.isArray(ring) ? ring.length : 0), 0)
    : 0
}

function cellOf(
  { id: featureId, properties, geometry }: Feature,
  datum: ReadOptions['datum'],
  unitOf: (text: string) => UnitId | undefined,
  refuse: Refuse
): { readonly cell: GridCellRow; readonly parent: string } | undefined {
  const p = properties ?? {}
  const word = (...keys: readonly string[]) => textOf(keys.map(key => p[key]).find(value => textOf(value) !== ''))
  const code = word('id', 'code') || textOf(featureId)
  const named = { cells: code === '' ? [] : [code.slice(0, LIMITS.code)] }
  const isCode = CODE.test(code) && code.length <= LIMITS.code
  if (!isCode) refuse('code', { ...named, value: code.slice(0, 80) })
  const name = word('name') || code
  if (name.length > LIMITS.name) refuse('name', { ...named, value: String(LIMITS.name) })
  const level = Number(word('level'))
  const isLevel = level === 1 || level === 2 || level === 3
  if (!isLevel) refuse('level', { ...named, value: word('level').slice(0, 20) })
  const asked = word('unitId', 'unit')
  const unitId = asked === '' ? undefined : unitOf(asked)
  if (asked !== '' && unitId === undefined) refuse('noUnit', { ...named, value: asked.slice(0, 80) })
  const ring = ringOf(geometry, datum, (fault, more) => refuse(fault, { ...named, ...more }))
  if (!isCode || !isLevel || !ring) return undefined
  const cell = { id: id<GridCellId>(code), name, level, ring, ...(unitId === undefined ? {} : { unitId }) } as const
  return { cell, parent: word('parent', 'parentId', 'parentCode') }
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? oneLine(value.normalize('NFKC')).trim()
    : typeof value === 'number'
      ? String(value)
      : ''
}

/** One closed ring without holes, in WGS-84. */
function ringOf(geometry: Feature['geometry'], datum: ReadOptions['datum'], refuse: Refuse): GridRing | undefined {
  const { type, coordinates } = geometry ?? {}
  const single = type === 'MultiPolygon' && Array.isArray(coordinates) && coordinates.length === 1
  const rings: unknown = single ? (coordinates as unknown[])[0] : coordinates
  if ((type !== 'Polygon' && !single) || !Array.isArray(rings) || !Array.isArray(rings[0])) {
    refuse('notPolygon', { value: String(type ?? '').slice(0, 40) })
    return undefined
  }
  if (rings.length > 1) refuse('holes')
  const raw = rings[0] as unknown[]
  if (raw.length > LIMITS.points) {
    refuse('tooManyPoints', { value: String(LIMITS.points) })
    return undefined
  }
  if (!raw.every(isPlace)) {
    refuse('coordinate')
    return undefined
  }
  const ring = withoutRepeats(raw.map(([lon, lat]) => placed(lon, lat, datum)))
  const [first, last] = [ring[0], ring.at(-1)]
  if (!first || first[0] !== last?.[0] || first[1] !== last?.[1]) {
    refuse('unclosed', { at: last, shape: [ring] })
    return undefined
  }
  if (ring.length < 4) {
    refuse('fewPoints', { at: first })
    return undefined
  }
  const crossing = crossingOf(ring)
  if (crossing) refuse('crosses', { at: crossing, shape: [ring] })
  return rings.length > 1 || crossing ? undefined : ring
}

function isPlace(point: unknown): point is readonly [number, number] {
  if (!Array.isArray(point) || point.length < 2 || point.length > 3) return false
  const [lon, lat] = point as unknown[]
  return Number.isFinite(lon) && Number.isFinite(lat) && Math.abs(lon as number) <= 180 && Math.abs(lat as number) <= 85
}

function placed(lon: number, lat: number, datum: ReadOptions['datum']): readonly [number, number] {
  const point = toWgs84({ lat, lon, datum })
  return [Math.round(point.lon * DEGREE_DIGITS) / DEGREE_DIGITS, Math.round(point.lat * DEGREE_DIGITS) / DEGREE_DIGITS]
}

function withoutRepeats(ring: GridRing): GridRing {
  return ring.filter((point, n) => n === 0 || point[0] !== ring[n - 1]?.[0] || point[1] !== ring[n - 1]?.[1])
}

function unitFinder(units: ReadOptions['units']): (text: string) => UnitId | undefined {
  const found = new Map(units.map(each => [each.name, each.id]))
  for (const each of units) found.set(each.id, each.id)
  return text => {
    const unitId = found.get(text)
    return unitId === undefined ? undefined : id<UnitId>(unitId)
  }
}

/** The cell of the level above that the file names. */
function withParent(
  cell: GridCellRow,
  asked: { readonly code: string; readonly feature: number } | undefined,
  byCode: ReadonlyMap<string, { readonly cell: GridCellRow }>,
  faults: GridFault[]
): GridCellRow {
  if (!asked) return cell
  const parent = byCode.get(asked.code)?.cell
  const wrong = { feature: asked.feature, cells: [cell.id], value: asked.code.slice(0, 80) }
  if (!parent) faults.push({ code: 'noParent', ...wrong })
  else if (parent.level !== cell.level - 1) faults.push({ code: 'parentLevel', ...wrong })
  return parent ? { ...cell, parentId: parent.id } : cell
}
