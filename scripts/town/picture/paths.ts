/** Ways of people that begin and end out of sight, so that a loop of pictures shows nobody appear or vanish. */
import { baysOf, isGlass, isShopLit } from './facade.ts'
import { type House, sideOf } from './houses.ts'
import { hash } from './random.ts'
import type { Still } from './still.ts'
import { type Lane, lanesOf, pointOn } from './street.ts'
import { project, type Vec } from './view.ts'

/** Corner points of a way and how long it takes, in loops: a second walker follows one loop behind the first on a way of two. */
export interface Way {
  readonly points: readonly Vec[]
  readonly loops: number
}

/** A walker's speed times the length of a loop: metres that a loop takes. */
interface Pace {
  readonly least: number
  readonly most: number
}

const TRIES = 900
const LIMIT_M = 75

/** Whether something as tall as a person would be seen there, at least in part. */
export function isSeen({ scene, samples }: Still, [x, y]: Vec, margin = 0): boolean {
  const { view } = scene
  return [0.15, 0.9, 1.65].some(z => {
    const seen = project(view, [x, y, z])
    if (!seen) return false
    const [column, row, depth] = seen
    const slack = (margin * view.focal) / depth
    if (column < -slack || row < -slack || column >= view.width + slack || row >= view.height + slack) return false
    const [i, j] = [clampTo(column, view.width), clampTo(row, view.height)]
    return (samples.near[j * view.width + i] ?? 0) < 1.015 / depth
  })
}

const clampTo = (value: number, size: number): number => Math.max(0, Math.min(size - 1, Math.round(value)))

export function waysOf(still: Still, pace: Pace, most: number): Way[] {
  const doors = doorWays(still, pace).slice(0, Math.ceil(most / 2))
  return [...doors, ...pavementWays(still, pace)].slice(0, most)
}

/** Straight along a pavement, from beyond an edge of the picture or a corner to another. */
function pavementWays(still: Still, { least, most }: Pace): Way[] {
  const { camera, plan } = still.scene
  const lanes = lanesOf(plan).filter(lane => Math.abs(lane.middle - (lane.axis === 'x' ? camera.y : camera.x)) < 45)
  const found: Way[] = []
  for (let n = 0; n < TRIES && found.length < 5; n++) {
    const lane = lanes[Math.floor(hash(n, 101, camera.x, camera.y) * lanes.length)]
    if (!lane) break
    const loops = 1 + Math.floor(hash(n, 102, camera.x) * 2.4)
    const length = loops * (least + hash(n, 103, camera.x) * (most - least))
    const points = stretch(lane, camera.x, camera.y, n, length)
    const [a, b] = points
    if (!points.every(point => onLane(lane, point)) || (lane.axis !== still.scene.flow && crossesRoad(lane, a, b)))
      continue
    const middle: Vec = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 0]
    if (isSeen(still, a, 0.6) || isSeen(still, b, 0.6) || !isSeen(still, middle)) continue
    if (inHouse(still, middle) || Math.hypot(middle[0] - camera.x, middle[1] - camera.y) > LIMIT_M) continue
    if (found.some(way => distance(way.points[0] ?? a, a) < 4)) continue
    found.push({ points, loops })
  }
  return found
}

const placeOn = (lane: Lane, point: Vec): number => (lane.axis === 'x' ? point[0] : point[1])

const onLane = (lane: Lane, point: Vec): boolean =>
  placeOn(lane, point) > lane.from + 2 && placeOn(lane, point) < lane.to - 2

/** People wait for green too: they only cross roads whose traffic stands. */
function crossesRoad(lane: Lane, a: Vec, b: Vec): boolean {
  const [from, to] = [Math.min(placeOn(lane, a), placeOn(lane, b)), Math.max(placeOn(lane, a), placeOn(lane, b))]
  return lane.crossings.some(({ at, half }) => to > at - half && from < at + half)
}

function stretch(lane: Lane, x: number, y: number, n: number, length: number): readonly [Vec, Vec] {
  const here = lane.axis === 'x' ? x : y
  const s = here + (hash(n, 104, x, y) - 0.5) * 130
  const t = (hash(n, 105) < 0.5 ? 1 : -1) * (lane.half + 1 + hash(n, 106) * 3)
  const [a, b] = [pointOn(lane, s - length / 2, t), pointOn(lane, s + length / 2, t)]
  return hash(n, 107) < 0.5 ? [a, b] : [b, a]
}

/** Out of one shop and into another of the same house. */
function doorWays(still: Still, pace: Pace): Way[] {
  const { camera, houses } = still.scene
  const near = houses.filter(({ x0, y0, x1, y1 }) => {
    const [dx, dy] = [Math.max(x0 - camera.x, camera.x - x1, 0), Math.max(y0 - camera.y, camera.y - y1, 0)]
    return Math.hypot(dx, dy) < 55
  })
  const found = near.flatMap(house => [0, 1, 2, 3].flatMap(side => betweenDoors(still, house, side, pace)))
  return found.sort((a, b) => order(a) - order(b))
}

const order = ({ points: [a] }: Way): number =>
  hash(Math.round((a?.[0] ?? 0) * 10), Math.round((a?.[1] ?? 0) * 10), 108)

function betweenDoors(still: Still, house: House, side: number, { least, most }: Pace): Way[] {
  const wall = sideOf(house, still.scene.ground, side)
  if (!wall.shops) return []
  const bays = baysOf(wall.length)
  const doors = Array.from({ length: bays }, (_, bay) => bay).filter(
    bay => isShopLit(house.number, side, bay) || isGlass(house.number, side, bay)
  )
  const out = side === 0 || side === 3 ? -1 : 1
  const edge = [house.y0, house.x1, house.y1, house.x0][side] ?? 0
  const at = (along: number, off: number): Vec =>
    wall.axis === 'x' ? [along, edge + out * off, 0] : [edge + out * off, along, 0]
  const middleOf = (bay: number): number => wall.from + ((bay + 0.72) * wall.length) / bays
  const off = 2.2
  return doors.flatMap((from): Way[] =>
    doors.flatMap((to): Way[] => {
      const length = Math.abs(middleOf(from) - middleOf(to)) + 2 * (off + 1)
      const loops = [1, 2].find(n => length >= n * least && length <= n * most)
      const [a, b] = [at(middleOf(from), off), at(middleOf(to), off)]
      if (from === to || !loops || !(isSeen(still, a) || isSeen(still, b))) return []
      return [{ points: [at(middleOf(from), -1), a, b, at(middleOf(to), -1)], loops }]
    })
  )
}

export function inHouse({ scene }: Still, [x, y]: Vec): boolean {
  return scene.houses.some(({ x0, y0, x1, y1 }) => x > x0 - 0.4 && x < x1 + 0.4 && y > y0 - 0.4 && y < y1 + 0.4)
}

export const distance = (a: Vec, b: Vec): number => Math.hypot(a[0] - b[0], a[1] - b[1])
