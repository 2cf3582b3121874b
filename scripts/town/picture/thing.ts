/** A vehicle or a person at its place: faces on the map, what it shades, where its lamps shine. */
import type { Face } from './face.ts'
import type { BallBlocker, Blockers, BoxBlocker } from './light.ts'
import { HEAD, type PersonLook, personBoxes, personFaces } from './people.ts'
import { sizeOf, type VehicleLook, vehicleBoxes, vehicleFaces } from './vehicles.ts'
import type { Vec } from './view.ts'

/** Where it stands and which way it looks: a unit vector on the map. */
export interface Pose {
  readonly x: number
  readonly y: number
  readonly heading: readonly [number, number]
  /** Of a walker: 0 … 1 is one pair of steps. */
  readonly step?: number
}

export interface Beam {
  readonly at: Vec
  readonly way: readonly [number, number]
  readonly power: number
}

export interface Glow {
  readonly at: Vec
  /** Towards whom it shines; all sides when absent. */
  readonly way?: readonly [number, number]
  readonly color: Vec
  readonly radiusM: number
}

export interface Thing {
  readonly at: Vec
  readonly radiusM: number
  readonly faces: readonly Face[]
  readonly blockers: Blockers
  /** Half length and half width of what stands close to the ground. */
  readonly print: readonly [number, number]
  readonly heading: readonly [number, number]
  readonly beams: readonly Beam[]
  readonly glows: readonly Glow[]
}

const toMap = ({ x, y, heading: [hx, hy] }: Pose, [u, v, z]: Vec): Vec => [x + u * hx - v * hy, y + u * hy + v * hx, z]

function placed(pose: Pose, faces: readonly Face[]): Face[] {
  const [hx, hy] = pose.heading
  return faces.map(one => ({
    ...one,
    points: one.points.map(point => toMap(pose, point)),
    normal: [one.normal[0] * hx - one.normal[1] * hy, one.normal[0] * hy + one.normal[1] * hx, one.normal[2]]
  }))
}

/** The halo of a lamp in the haze. */
export function haloThing(at: Vec, color: Vec, radiusM: number): Thing {
  const none: Thing = {
    at,
    radiusM,
    faces: [],
    blockers: { boxes: [], balls: [] },
    print: [0, 0],
    heading: [1, 0],
    beams: [],
    glows: []
  }
  return { ...none, glows: [{ at, color, radiusM }] }
}

/** Boxes stay upright and along the axes: everything in this town moves along the map's axes. */
function placedBox(pose: Pose, [x0, y0, z0, x1, y1, z1]: BoxBlocker): BoxBlocker {
  const [a, b] = [toMap(pose, [x0, y0, z0]), toMap(pose, [x1, y1, z1])]
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), z0, Math.max(a[0], b[0]), Math.max(a[1], b[1]), z1]
}

export function vehicleThing(look: VehicleLook, pose: Pose): Thing {
  const { length, width, height } = sizeOf(look.kind)
  const [u, v] = [length / 2, width / 2]
  const rider = look.kind === 'rider'
  const z = look.kind === 'bus' ? 0.7 : rider ? 0.85 : 0.74
  const back: readonly [number, number] = [-pose.heading[0], -pose.heading[1]]
  const sides = rider ? [0] : [v - 0.28, 0.28 - v]
  const red = look.braking ? 0.5 : 0.16
  const glows = sides.flatMap((side): Glow[] => [
    { at: toMap(pose, [u + 0.05, side, z]), way: pose.heading, color: [0.9, 0.84, 0.72], radiusM: rider ? 0.3 : 0.5 },
    { at: toMap(pose, [-u - 0.05, side, z]), way: back, color: [red, 0.02, 0.01], radiusM: 0.35 }
  ])
  return {
    at: [pose.x, pose.y, height / 2],
    radiusM: length / 2 + 0.3,
    faces: placed(pose, vehicleFaces(look)),
    blockers: { boxes: vehicleBoxes(look.kind).map(one => placedBox(pose, one)), balls: [] },
    print: [u, v],
    heading: pose.heading,
    beams: look.dark ? [] : [{ at: toMap(pose, [u + 0.1, 0, z]), way: pose.heading, power: rider ? 9 : 26 }],
    glows: look.dark ? [] : glows
  }
}

export function personThing(look: PersonLook, pose: Pose): Thing {
  const step = pose.step ?? 0
  const head: BallBlocker = [pose.x, pose.y, HEAD[2], HEAD[3], HEAD[4]]
  return {
    at: [pose.x, pose.y, 0.85],
    radiusM: 1.1,
    faces: placed(pose, personFaces(look, step)),
    blockers: { boxes: personBoxes(step).map(one => placedBox(pose, one)), balls: [head] },
    print: [0.2, 0.25],
    heading: pose.heading,
    beams: [],
    glows: []
  }
}
