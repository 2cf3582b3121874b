/** The three-level grid 网格 as the administrator looks at it, takes it in and gives it out (/api/grid). */
import type { GeoPoint } from './geo.ts'

export const GRID_LIMITS = {
  bytes: 40 * 1024 * 1024,
  cells: 20_000,
  /** Of one cell. */
  points: 2_000,
  allPoints: 1_000_000,
  code: 64,
  name: 60,
  faultsShown: 100,
  /** Earlier versions that can still be given out. */
  versionsKept: 10,
  /** Less than this is drawing, not a fault: the area of an overlap or gap, and how wide it is on the average. */
  leastM2: 1,
  leastWidthM: 0.5
} as const

/** With one of these nothing is taken in. */
export const GRID_WRONG = [
  'notGeoJson',
  'empty',
  'tooManyCells',
  'tooManyPoints',
  'tooComplex',
  'notPolygon',
  'holes',
  'coordinate',
  'unclosed',
  'fewPoints',
  'crosses',
  'code',
  'codeTwice',
  'level',
  'name',
  'noParent',
  'parentLevel',
  'noUnit'
] as const
/** These can be right (a lake, a disputed lane): the administrator says so, and it is on record. */
export const GRID_DOUBTS = ['overlap', 'gap', 'outside', 'alone'] as const
export type GridFaultCode = (typeof GRID_WRONG)[number] | (typeof GRID_DOUBTS)[number]

export type GridRing = readonly (readonly [lon: number, lat: number])[]

export interface GridFault {
  readonly code: GridFaultCode
  /** Place in the file, from 1; absent where it is about several. */
  readonly feature?: number
  /** Codes of the cells it is about; of a gap the cell that has it, of `outside` the cell and its parent. */
  readonly cells: readonly string[]
  readonly value?: string
  readonly areaM2?: number
  /** In WGS-84, as all rings here. */
  readonly at?: readonly [lon: number, lat: number]
  /** What overlaps, is missing or lies outside, holes included. */
  readonly shape?: readonly GridRing[]
  /** The cells around, thinned out for a small drawing. */
  readonly around?: readonly { readonly code: string; readonly ring: GridRing }[]
}

/** What a file would do, or did. */
export interface GridReport {
  /** Of level 1, 2 and 3. */
  readonly levels: readonly [number, number, number]
  readonly points: number
  readonly added: number
  readonly kept: number
  readonly removed: number
  /** Households, units and cameras that name a cell which is gone: from then on they belong where they lie. */
  readonly unplaced: number
  readonly wrong: readonly GridFault[]
  readonly wrongCount: number
  readonly doubts: readonly GridFault[]
  readonly doubtCount: number
  /** How long looking took, ms. */
  readonly tookMs: number
  /** The version that is true now, when it was taken in. */
  readonly version?: number
}

export interface GridVersion {
  /** 0: the registry's file. */
  readonly version: number
  readonly atMs?: number
  readonly by?: string
  readonly file?: string
  readonly datum?: GeoPoint['datum']
  readonly levels: readonly [number, number, number]
  /** Overlaps and gaps that were taken in with it. */
  readonly doubts?: number
  /** It can still be given out. */
  readonly kept: boolean
}

/** A cell in the list. */
export interface GridLine {
  readonly code: string
  readonly name: string
  readonly level: 1 | 2 | 3
  readonly parent?: { readonly code: string; readonly name: string }
  readonly unit?: { readonly id: string; readonly name: string }
  readonly areaM2: number
  readonly points: number
  /** Cells of the next level in it. */
  readonly children: number
}

/** The newest version first. */
export interface GridState {
  readonly version: number
  readonly versions: readonly GridVersion[]
}
