/** Light of lamps and shops at a point, with the shadows of houses, trees and cars. */
import type { Vec } from './view.ts'

export interface Source {
  readonly at: Vec
  /** Luminous intensity, linear colour: what a card one metre away receives. */
  readonly color: Vec
  readonly reachM: number
  /** A street lamp shines down; a shop to all sides. */
  readonly down: boolean
}

/** What throws shadows: x0, y0, z0, x1, y1, z1. */
export type BoxBlocker = readonly [number, number, number, number, number, number]
/** Middle, radius and how much of the light a hit takes away (leaves let some through). */
export type BallBlocker = readonly [number, number, number, number, number]

export interface Blockers {
  readonly boxes: readonly BoxBlocker[]
  readonly balls: readonly BallBlocker[]
}

export interface Lit extends Source {
  readonly blockers: Blockers
}

/** Received light, linear. */
export interface Sum {
  r: number
  g: number
  b: number
}

const CELL_M = 10
const NONE: readonly Lit[] = []

export class Lights {
  readonly #cells = new Map<number, Lit[]>()

  constructor(sources: readonly Source[], { boxes, balls }: Blockers) {
    for (const source of sources) {
      const { at, reachM } = source
      const near = (x0: number, y0: number, x1: number, y1: number): boolean =>
        x1 > at[0] - reachM && x0 < at[0] + reachM && y1 > at[1] - reachM && y0 < at[1] + reachM
      const lit: Lit = {
        ...source,
        blockers: {
          boxes: source.down ? boxes.filter(([x0, y0, , x1, y1]) => near(x0, y0, x1, y1)) : [],
          balls: source.down ? balls.filter(([x, y, , r]) => near(x - r, y - r, x + r, y + r)) : []
        }
      }
      this.#place(lit)
    }
  }

  #place(lit: Lit): void {
    const [i0, i1] = [cellOf(lit.at[0] - lit.reachM), cellOf(lit.at[0] + lit.reachM)]
    const [j0, j1] = [cellOf(lit.at[1] - lit.reachM), cellOf(lit.at[1] + lit.reachM)]
    for (let i = i0; i <= i1; i++)
      for (let j = j0; j <= j1; j++) {
        const list = this.#cells.get(i * 1024 + j)
        if (list) list.push(lit)
        else this.#cells.set(i * 1024 + j, [lit])
      }
  }

  near(x: number, y: number): readonly Lit[] {
    return this.#cells.get(cellOf(x) * 1024 + cellOf(y)) ?? NONE
  }

  /** Adds what all sources give at a point of a face with this normal. */
  add(sum: Sum, x: number, y: number, z: number, normal: Vec): void {
    for (const lit of this.near(x, y)) {
      const share = shareOf(lit, x, y, z, normal)
      if (share < 1e-4) continue
      const through = passes(lit.blockers, x + normal[0] * 0.06, y + normal[1] * 0.06, z + normal[2] * 0.06, lit.at)
      sum.r += lit.color[0] * share * through
      sum.g += lit.color[1] * share * through
      sum.b += lit.color[2] * share * through
    }
  }
}

const cellOf = (metres: number): number => Math.floor(metres / CELL_M) + 8

/** The part of a source's intensity that reaches a point when nothing is between. */
export function shareOf({ at, reachM, down }: Source, x: number, y: number, z: number, normal: Vec): number {
  const [dx, dy, dz] = [at[0] - x, at[1] - y, at[2] - z]
  const square = dx * dx + dy * dy + dz * dz
  if (square > reachM * reachM) return 0
  const distance = Math.sqrt(square)
  const facing = (normal[0] * dx + normal[1] * dy + normal[2] * dz) / distance
  if (facing <= 0) return 0
  const fade = (1 - square / (reachM * reachM)) ** 2
  const beam = down ? (dz > 0 ? 0.12 + 0.88 * (dz / distance) : 0.02) : 1
  return (facing * beam * fade) / (square + 1)
}

/** 1: the whole light of `to` comes to the point, 0: none. */
export function passes({ boxes, balls }: Blockers, x: number, y: number, z: number, to: Vec): number {
  const [dx, dy, dz] = [to[0] - x, to[1] - y, to[2] - z]
  for (const box of boxes) if (crosses(box, x, y, z, dx, dy, dz)) return 0
  let through = 1
  const square = dx * dx + dy * dy + dz * dz
  for (const [bx, by, bz, radius, taken] of balls) {
    const [cx, cy, cz] = [bx - x, by - y, bz - z]
    const t = Math.min(1, Math.max(0, (cx * dx + cy * dy + cz * dz) / square))
    const off = Math.hypot(cx - dx * t, cy - dy * t, cz - dz * t) / radius
    if (off < 1) through *= 1 - taken * Math.min(1, (1 - off) * 3.5)
  }
  return through
}

function crosses(box: BoxBlocker, x: number, y: number, z: number, dx: number, dy: number, dz: number): boolean {
  let [enter, leave] = [0, 1]
  for (let axis = 0; axis < 3; axis++) {
    const [from, way] = axis === 0 ? [x, dx] : axis === 1 ? [y, dy] : [z, dz]
    const [low, high] = [box[axis] ?? 0, box[axis + 3] ?? 0]
    if (Math.abs(way) < 1e-9) {
      if (from < low || from > high) return false
      continue
    }
    const [a, b] = [(low - from) / way, (high - from) / way]
    enter = Math.max(enter, Math.min(a, b))
    leave = Math.min(leave, Math.max(a, b))
    if (enter > leave) return false
  }
  return true
}
