/** The painter of a wall: storeys of windows, some lit, and shops on the ground floor where it faces a street. */
import { type Paint, type Painter, type Rgb, setGlow, setPaint } from './face.ts'
import { choose, fraction, hash, noise } from './random.ts'

export interface Wall {
  /** Number of the house, so that its colour and its lit windows stay the same. */
  readonly house: number
  readonly side: number
  /** Along the wall: start and length in metres, and which axis it runs on. */
  readonly axis: 'x' | 'y'
  readonly from: number
  readonly length: number
  readonly heightM: number
  readonly shops: boolean
}

const STUCCO: readonly [Rgb, ...Rgb[]] = [
  [0.4, 0.36, 0.3],
  [0.34, 0.31, 0.28],
  [0.42, 0.4, 0.37],
  [0.36, 0.27, 0.21],
  [0.3, 0.3, 0.3]
]
const LIT: readonly [Rgb, ...Rgb[]] = [
  [1, 0.74, 0.42],
  [1, 0.82, 0.58],
  [0.9, 0.92, 0.95],
  [1, 0.66, 0.34]
]
const SIGNS: readonly [Rgb, ...Rgb[]] = [
  [1, 0.16, 0.55],
  [1, 0.32, 0.12],
  [0.25, 0.7, 1],
  [0.3, 1, 0.5],
  [1, 0.85, 0.6]
]
const SHOP_M = 3.9
const STOREY_M = 3.1
const BAY_M = 4.4

/** The three parts of a shop front's height, metres. */
const [SILL_M, HEAD_M, BOARD_M] = [0.35, 2.85, 3.7]

export const isShopLit = (house: number, side: number, bay: number): boolean => hash(house, side, bay, 41) < 0.17
/** Dark glass with a door, not a shutter. */
export const isGlass = (house: number, side: number, bay: number): boolean => hash(house, side, bay, 44) < 0.3
export const hasSign = (house: number, side: number, bay: number): boolean => hash(house, side, bay, 42) < 0.2
export const baysOf = (length: number): number => Math.max(1, Math.floor(length / BAY_M))
export const signColor = (house: number, bay: number): Rgb => choose(SIGNS, hash(house, bay, 43))

export function facade(wall: Wall): Painter {
  const base = choose(STUCCO, hash(wall.house, 1))
  const windows = Math.max(0, Math.floor((wall.length - 1.6) / 3.3))
  const pitch = windows > 0 ? (wall.length - 1.2) / windows : 1
  const ground = wall.shops ? SHOP_M : STOREY_M
  return (paint, x, y, z, far) => {
    const along = (wall.axis === 'x' ? x : y) - wall.from
    const stain = 0.88 + noise(along * 0.4, z * 0.25, wall.house) * 0.24
    setPaint(paint, base, stain)
    if (z < 0.5) setPaint(paint, base, 0.6)
    if (z > wall.heightM - 0.45) {
      setPaint(paint, base, 1.25)
      return
    }
    if (wall.shops && z < SHOP_M) {
      shopFront(paint, wall, along, z, far)
      return
    }
    const storey = Math.floor((z - ground) / STOREY_M) + 1
    const floor = storey < 1 ? z : (z - ground) % STOREY_M
    if (far < 90 && storey >= 1 && floor < 0.12) setPaint(paint, base, stain * 1.18)
    const column = Math.floor((along - 0.6) / pitch)
    if (column < 0 || column >= windows || wall.heightM - 0.5 < (storey + 1) * STOREY_M - 0.6) return
    window(paint, wall, { column, storey, u: along - 0.6 - (column + 0.5) * pitch, v: floor - 0.95 }, base)
  }
}

interface Pane {
  readonly column: number
  readonly storey: number
  /** From the middle of the opening, and from its sill, metres. */
  readonly u: number
  readonly v: number
}

function window(paint: Paint, { house, side }: Wall, { column, storey, u, v }: Pane, base: Rgb): void {
  const wide = hash(house, 2) < 0.5 ? 0.75 : 0.95
  const tall = 1.45
  if (Math.abs(u) > wide + 0.12 || v < -0.14 || v > tall + 0.1) return
  if (Math.abs(u) > wide || v < 0 || v > tall) {
    setPaint(paint, base, v < 0 ? 1.4 : 1.2)
    return
  }
  const frame = Math.abs(u) < 0.05 || Math.abs(u) > wide - 0.07 || v < 0.06 || v > tall - 0.06
  if (frame) {
    setPaint(paint, [0.2, 0.19, 0.18])
    return
  }
  setPaint(paint, [0.035, 0.037, 0.042])
  const home = hash(house * 7 + side, column, storey, 21)
  if (home > 0.13) {
    setGlow(paint, [0.006, 0.007, 0.009])
    return
  }
  const curtain = hash(house, column, storey, 22)
  const drawn = Math.abs(u) > wide * (1 - curtain * 0.8)
  setGlow(paint, choose(LIT, curtain), (drawn ? 0.28 : 0.6) * (0.8 + 0.35 * (v / tall)))
}

function shopFront(paint: Paint, wall: Wall, along: number, z: number, far: number): void {
  const bays = baysOf(wall.length)
  const pitch = wall.length / bays
  const bay = Math.min(bays - 1, Math.max(0, Math.floor(along / pitch)))
  const u = along - bay * pitch
  if (u < 0.28 || u > pitch - 0.28) return
  if (z > HEAD_M) {
    board(paint, wall, bay, (u - 0.28) / (pitch - 0.56), (z - HEAD_M) / (BOARD_M - HEAD_M))
    return
  }
  if (!isShopLit(wall.house, wall.side, bay)) {
    if (isGlass(wall.house, wall.side, bay)) {
      setPaint(paint, u < 0.36 || Math.abs(u - pitch / 2) < 0.04 || z < SILL_M ? [0.2, 0.2, 0.2] : [0.04, 0.042, 0.045])
      return
    }
    // A roller shutter, the ridges a hand high.
    const ridge = far < 45 ? 0.72 + 0.28 * Math.abs(fraction(z / 0.18) * 2 - 1) : 0.86
    setPaint(paint, [0.3, 0.3, 0.29], ridge)
    return
  }
  if (z < SILL_M || Math.abs(u - pitch / 2) < 0.05) {
    setPaint(paint, [0.16, 0.16, 0.16])
    return
  }
  setPaint(paint, [0.1, 0.1, 0.1])
  const shelf = fraction(z / 0.62) < 0.16 || hash(Math.floor(u / 0.3), Math.floor(z / 0.31), wall.house, bay) < 0.34
  setGlow(paint, [1, 0.9, 0.74], (shelf ? 0.42 : 0.8) * (0.75 + 0.1 * z))
}

/** A name board with strokes like writing that says nothing. */
function board(paint: Paint, wall: Wall, bay: number, u: number, v: number): void {
  setPaint(paint, choose(STUCCO, hash(wall.house, bay, 45)), 0.5)
  if (v < 0.06 || v > 0.97) return
  const lit = hasSign(wall.house, wall.side, bay)
  const signs = 3 + Math.floor(hash(wall.house, bay, 46) * 3)
  const [cell, row] = [u * signs, (v - 0.2) / 0.6]
  const inside = row > 0 && row < 1 && fraction(cell) > 0.14 && fraction(cell) < 0.86
  const [i, j] = [Math.floor((fraction(cell) - 0.14) * 7), Math.floor(row * 5)]
  const stroke = inside && (i % 2 === 0 || j % 2 === 0) && hash(wall.house * 31 + bay, Math.floor(cell), i, j) < 0.62
  if (lit) setGlow(paint, signColor(wall.house, bay), stroke ? 1.1 : 0.22)
  else if (stroke) setPaint(paint, [0.5, 0.42, 0.3])
}
