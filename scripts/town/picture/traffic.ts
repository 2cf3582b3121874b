/** Vehicles before a camera: one direction has green and flows on the right of its roads, the other waits; some are parked. */
import type { Rgb } from './face.ts'
import { choose, hash } from './random.ts'
import type { Scene } from './scene.ts'
import { crowds, type Lane, lanesOf, nearCrossing, pointOn } from './street.ts'
import { type Thing, vehicleThing } from './thing.ts'
import { sizeOf, type VehicleKind, type VehicleLook } from './vehicles.ts'

const PAINTS: readonly [Rgb, ...Rgb[]] = [
  [0.5, 0.5, 0.5],
  [0.62, 0.62, 0.6],
  [0.05, 0.05, 0.055],
  [0.3, 0.05, 0.04],
  [0.06, 0.12, 0.3],
  [0.22, 0.23, 0.24],
  [0.38, 0.33, 0.24]
]
const TAXI: Rgb = [0.1, 0.42, 0.3]
const BUS: Rgb = [0.18, 0.38, 0.2]
const SIGHT_M = 230
/** From the crossing road's edge to the bumper of the first who waits. */
const WAIT_M = 7.6

export interface Traffic {
  readonly standing: readonly Thing[]
  /** 0 ≤ phase < 1. */
  moving(phase: number): Thing[]
}

function lookOf(seed: number, kinds: readonly [VehicleKind, ...VehicleKind[]]): VehicleLook {
  const kind = choose(kinds, hash(seed, 131))
  const color = kind === 'taxi' ? TAXI : kind === 'bus' ? BUS : choose(PAINTS, hash(seed, 132))
  return { kind, color }
}

export function trafficOf(scene: Scene, loopS: number): Traffic {
  const lanes = lanesOf(scene.plan)
  const { flow } = scene
  const streams = lanes.flatMap((lane, index) => (lane.axis === flow ? streamsOf(scene, lane, index, loopS) : []))
  const waiting = lanes.flatMap((lane, index) => (lane.axis === flow ? [] : waitingOn(scene, lane, index)))
  const parked = lanes.flatMap((lane, index) => parkedOn(scene, lane, index))
  return {
    standing: [...waiting, ...parked],
    moving: phase => streams.flatMap(stream => stream(phase))
  }
}

interface Row {
  readonly offset: number
  readonly kinds: readonly [VehicleKind, ...VehicleKind[]]
  /** Slowest and fastest, m/s. */
  readonly speed: readonly [number, number]
}

function rowsOf(half: number): readonly Row[] {
  if (half >= 10) {
    return [
      { offset: 1.95, kinds: ['car', 'taxi', 'suv', 'car'], speed: [9, 11] },
      { offset: 5.5, kinds: ['car', 'bus', 'taxi', 'van', 'suv'], speed: [7.5, 9] },
      { offset: 9.1, kinds: ['rider'], speed: [4.8, 6] }
    ]
  }
  if (half >= 6) return [{ offset: half >= 7 ? 2.6 : 2.3, kinds: ['car', 'suv', 'taxi', 'car', 'van'], speed: [7, 9] }]
  return [{ offset: 2.2, kinds: ['rider'], speed: [4.2, 5] }]
}

const alongOf = (lane: Lane, { camera }: Scene): number => (lane.axis === 'x' ? camera.x : camera.y)
const asideOf = (lane: Lane, { camera }: Scene): number =>
  Math.abs(lane.middle - (lane.axis === 'x' ? camera.y : camera.x))

/** A row of vehicles a loop's way apart: each takes the place of the next when the loop begins again. */
function streamsOf(scene: Scene, lane: Lane, index: number, loopS: number): ((phase: number) => Thing[])[] {
  const here = alongOf(lane, scene)
  const { plan } = scene
  const size = lane.axis === 'x' ? plan.size[0] : plan.size[1]
  const deadEnd = [lane.from, lane.to].some(end => end > 0 && end < size && Math.abs(end - here) < SIGHT_M)
  if (asideOf(lane, scene) > 190 || deadEnd) return []
  const [from, to] = [Math.max(lane.from, here - SIGHT_M), Math.min(lane.to, here + SIGHT_M)]
  return rowsOf(lane.half).flatMap(({ offset, kinds, speed }, row) =>
    ([1, -1] as const).map(way => {
      const seed = index * 100 + row * 10 + way
      const period = loopS * (speed[0] + hash(seed, 133) * (speed[1] - speed[0]))
      const places = hash(seed, 134) < 0.4 ? [0, 0.3 + hash(seed, 135) * 0.35] : [0]
      const start = hash(seed, 136)
      const heading: readonly [number, number] = lane.axis === 'x' ? [way, 0] : [0, way]
      return (phase: number): Thing[] =>
        places.flatMap((place, n) => {
          const look = lookOf(seed * 7 + n, kinds)
          const first = (start + place + phase * way) * period
          const out: Thing[] = []
          for (let s = first + Math.ceil((from - first) / period) * period; s <= to; s += period) {
            const [x, y] = pointOn(lane, s, way * offset)
            out.push(vehicleThing(look, { x, y, heading, step: 0 }))
          }
          return out
        })
    })
  )
}

function waitingOn(scene: Scene, lane: Lane, index: number): Thing[] {
  if (lane.half < 6 || asideOf(lane, scene) > 120) return []
  const here = alongOf(lane, scene)
  return lane.crossings.flatMap(({ at, half }, n) => {
    if (half < 6 || Math.abs(at - here) > 110) return []
    return ([1, -1] as const).flatMap(way => {
      const rows = rowsOf(lane.half).filter(({ kinds }) => kinds[0] !== 'rider')
      return rows.flatMap(({ offset, kinds }, row): Thing[] => {
        const seed = index * 1000 + n * 20 + row * 4 + way
        const count = Math.floor(hash(seed, 141) * 2.6)
        let s = at - way * (half + WAIT_M)
        return Array.from({ length: count }, (_, i) => i).flatMap((i): Thing[] => {
          const look: VehicleLook = { ...lookOf(seed * 3 + i, kinds), braking: true }
          const { length } = sizeOf(look.kind)
          const spot = pointOn(lane, s - (way * length) / 2, way * offset)
          s -= way * (length + 1.6)
          if (
            spotTaken(scene, lane, spot[lane.axis === 'x' ? 0 : 1]) ||
            crowds(scene.plan.cameras, spot, 9, look.kind === 'bus' ? 16 : 6)
          )
            return []
          return [vehicleThing(look, { x: spot[0], y: spot[1], heading: lane.axis === 'x' ? [way, 0] : [0, way] })]
        })
      })
    })
  })
}

const spotTaken = (_scene: Scene, lane: Lane, s: number): boolean =>
  s < lane.from + 4 || s > lane.to - 4 || nearCrossing(lane, s, 3)

function parkedOn(scene: Scene, lane: Lane, index: number): Thing[] {
  const narrow = lane.half < 6
  if (lane.half >= 10 || asideOf(lane, scene) > 110) return []
  const here = alongOf(lane, scene)
  const out: Thing[] = []
  for (let s = lane.from + 20, n = 0; s < lane.to - 20; s += 6.4, n++) {
    if (Math.abs(s - here) > 130 || nearCrossing(lane, s, 17)) continue
    for (const way of narrow ? ([1] as const) : ([1, -1] as const)) {
      const seed = index * 5000 + n * 2 + (way > 0 ? 1 : 0)
      if (hash(seed, 151) > (narrow ? 0.3 : 0.4)) continue
      const [x, y] = pointOn(lane, s, way * (lane.half - 1.08))
      if (crowds(scene.plan.cameras, [x, y, 0], 9, 5)) continue
      const look: VehicleLook = { ...lookOf(seed, ['car', 'suv', 'car', 'van', 'car']), dark: true }
      out.push(vehicleThing(look, { x, y, heading: lane.axis === 'x' ? [way, 0] : [0, way] }))
    }
  }
  return out
}
