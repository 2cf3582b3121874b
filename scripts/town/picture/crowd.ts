/** The people before a camera: walkers on their ways, couples that talk, one who paces where no way is hidden. */
import type { Rgb } from './face.ts'
import { distance, inHouse, isSeen, type Way, waysOf } from './paths.ts'
import type { PersonLook } from './people.ts'
import { choose, fraction, hash } from './random.ts'
import type { Still } from './still.ts'
import { lanesOf, pointOn } from './street.ts'
import { type Pose, personThing, type Thing } from './thing.ts'
import type { Vec } from './view.ts'

const COATS: readonly [Rgb, ...Rgb[]] = [
  [0.05, 0.06, 0.09],
  [0.16, 0.05, 0.05],
  [0.05, 0.09, 0.2],
  [0.2, 0.17, 0.12],
  [0.04, 0.04, 0.04],
  [0.28, 0.27, 0.25],
  [0.07, 0.12, 0.09]
]
const TROUSERS: readonly [Rgb, ...Rgb[]] = [
  [0.03, 0.03, 0.04],
  [0.05, 0.05, 0.07],
  [0.09, 0.08, 0.07]
]
/** One pair of steps, metres. */
const PAIR_M = 1.36

const lookOf = (seed: number): PersonLook => ({
  coat: choose(COATS, hash(seed, 111)),
  trousers: choose(TROUSERS, hash(seed, 112)),
  tall: 1.58 + hash(seed, 113) * 0.24
})

/** Draws the people at a phase of the loop, 0 ≤ phase < 1. */
export type Crowd = (phase: number) => Thing[]

export function crowdOf(still: Still, loopS: number, seed: number): Crowd {
  const ways = waysOf(still, { least: 1.0 * loopS, most: 1.5 * loopS }, 4)
  const couples = talking(still, seed)
  const spot = ways.length + couples.length < 2 ? pacingSpot(still) : undefined
  return phase => [
    ...ways.flatMap((way, index) => walkers(way, phase, seed * 10 + index)),
    ...couples.flatMap((spotOf, index) => couple(spotOf, phase, seed * 20 + index)),
    ...(spot ? [pacer(spot, phase, loopS, seed)] : [])
  ]
}

function walkers(way: Way, phase: number, seed: number): Thing[] {
  const length = lengthOf(way.points)
  // Whole pairs of steps per loop, or the legs would jump at the seam.
  const pairs = Math.max(1, Math.round(length / way.loops / PAIR_M))
  const start = hash(seed, 114)
  const companion = hash(seed, 115) < 0.3
  return Array.from({ length: way.loops }, (_, n) => n).flatMap(n => {
    const progress = (fraction(phase + start) + n) / way.loops
    const pose = along(way.points, progress * length, fraction(phase * pairs))
    const first = personThing(lookOf(seed), pose)
    if (!companion) return [first]
    const [hx, hy] = pose.heading
    const beside: Pose = {
      ...pose,
      x: pose.x - hy * 0.62 - hx * 0.1,
      y: pose.y + hx * 0.62 - hy * 0.1,
      step: fraction(phase * pairs + 0.4)
    }
    return [first, personThing(lookOf(seed + 500), beside)]
  })
}

const lengthOf = (points: readonly Vec[]): number =>
  points.slice(1).reduce((sum, point, i) => sum + distance(points[i] ?? point, point), 0)

function along(points: readonly Vec[], metres: number, step: number): Pose {
  let left = metres
  for (const [i, b] of points.slice(1).entries()) {
    const a = points[i] ?? b
    const length = distance(a, b)
    if (left <= length || i === points.length - 2) {
      const t = length > 0 ? left / length : 0
      const heading = [(b[0] - a[0]) / (length || 1), (b[1] - a[1]) / (length || 1)] as const
      return { x: a[0] + (b[0] - a[0]) * t, y: a[1] + (b[1] - a[1]) * t, heading, step }
    }
    left -= length
  }
  return { x: 0, y: 0, heading: [1, 0], step }
}

/** Places on pavements, in full view, where two may stand and talk. */
function talking(still: Still, seed: number): Vec[] {
  const { camera, plan } = still.scene
  if (camera.infrared) return []
  const lanes = lanesOf(plan).filter(lane => Math.abs(lane.middle - (lane.axis === 'x' ? camera.y : camera.x)) < 40)
  const found: Vec[] = []
  for (let n = 0; n < 200 && found.length < 1; n++) {
    const lane = lanes[Math.floor(hash(n, 121, seed) * lanes.length)]
    if (!lane) break
    const here = lane.axis === 'x' ? camera.x : camera.y
    const t = (hash(n, 122, seed) < 0.5 ? 1 : -1) * (lane.half + 2.9)
    const spot = pointOn(lane, here + (hash(n, 123, seed) - 0.5) * 80, t)
    const s = lane.axis === 'x' ? spot[0] : spot[1]
    if (s < lane.from + 2 || s > lane.to - 2) continue
    const far = distance(spot, [camera.x, camera.y, 0])
    const onRoad =
      Math.abs(still.scene.ground.northSouth(spot[0], spot[1]).off) <
      still.scene.ground.northSouth(spot[0], spot[1]).half + 1
    const across = Math.abs(still.scene.ground.eastWest(spot[1]).off) < still.scene.ground.eastWest(spot[1]).half + 1
    if (far < 11 || far > 38 || onRoad || across || !isSeen(still, spot) || inHouse(still, spot)) continue
    if (found.every(other => distance(other, spot) > 9)) found.push(spot)
  }
  return found
}

function couple([x, y]: Vec, phase: number, seed: number): Thing[] {
  const sway = Math.sin(2 * Math.PI * phase) * 0.04
  const nod = Math.sin(4 * Math.PI * phase + 1) * 0.03
  return [
    personThing(lookOf(seed), { x: x + sway, y, heading: [1, 0] }),
    personThing(lookOf(seed + 300), { x: x + 0.85 + nod, y: y + 0.1, heading: [-1, 0] })
  ]
}

/** A stretch across the picture some metres before the lens, for a guard who paces up and down. */
function pacingSpot(still: Still): readonly [Vec, Vec] | undefined {
  const { camera } = still.scene
  const yaw = (camera.yawDeg * Math.PI) / 180
  for (const far of [15, 18, 12, 21, 24, 28]) {
    for (const aside of [-3, 0, 4, -7, 8]) {
      const x = camera.x + Math.sin(yaw) * far + Math.cos(yaw) * aside
      const y = camera.y - Math.cos(yaw) * far + Math.sin(yaw) * aside
      const ends: readonly [Vec, Vec] = [
        [x - 3, y, 0],
        [x + 3, y, 0]
      ]
      if (ends.every(end => isSeen(still, end) && !inHouse(still, end) && !still.scene.ground.isWater(end[0], end[1])))
        return ends
    }
  }
  return undefined
}

/** Half a loop each way, with a rest at both ends. */
function pacer([a, b]: readonly [Vec, Vec], phase: number, loopS: number, seed: number): Thing {
  const back = phase >= 0.5
  const t = Math.min(1, Math.max(0, (fraction(phase * 2) - 0.06) / 0.88))
  const pairs = Math.round((distance(a, b) / PAIR_M) * (loopS > 0 ? 1 : 0))
  const at = back ? 1 - t : t
  const heading: readonly [number, number] = back ? [-1, 0] : [1, 0]
  return personThing(lookOf(seed), {
    x: a[0] + (b[0] - a[0]) * at,
    y: a[1] + (b[1] - a[1]) * at,
    heading,
    step: fraction(t * pairs)
  })
}
