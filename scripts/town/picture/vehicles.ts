/** Cars, taxis, buses and riders of the drawn town as faces in their own axes: forward, right, up, metres from the middle of the wheels. */
import { type Face, face, frustum, glowing, type Painter, plain, type Rgb } from './face.ts'
import type { BoxBlocker } from './light.ts'
import { personFaces } from './people.ts'
import type { Vec } from './view.ts'

export type VehicleKind = 'car' | 'suv' | 'taxi' | 'van' | 'bus' | 'rider'

export interface VehicleLook {
  readonly kind: VehicleKind
  readonly color: Rgb
  /** Stands with its foot on the brake. */
  readonly braking?: boolean
  /** Parked, lights off. */
  readonly dark?: boolean
}

interface Shape {
  readonly length: number
  readonly width: number
  readonly height: number
  /** Where bonnet, cabin and roof begin, up. */
  readonly floor: number
  readonly belt: number
}

const SHAPES: Readonly<Record<VehicleKind, Shape>> = {
  car: { length: 4.6, width: 1.8, height: 1.46, floor: 0.28, belt: 0.92 },
  taxi: { length: 4.6, width: 1.8, height: 1.48, floor: 0.28, belt: 0.92 },
  suv: { length: 4.7, width: 1.9, height: 1.72, floor: 0.34, belt: 1.05 },
  van: { length: 4.9, width: 1.85, height: 1.95, floor: 0.32, belt: 1.08 },
  bus: { length: 10.5, width: 2.5, height: 3.05, floor: 0.38, belt: 1.2 },
  rider: { length: 1.8, width: 0.6, height: 1.65, floor: 0.3, belt: 0.7 }
}

const RUBBER = plain([0.02, 0.02, 0.02])
const GLASS = plain([0.03, 0.034, 0.04])
const HEAD = glowing([1, 0.95, 0.85], 3)
const DIM = plain([0.4, 0.4, 0.4])

export const sizeOf = (kind: VehicleKind): Shape => SHAPES[kind]

export function vehicleFaces(look: VehicleLook): Face[] {
  if (look.kind === 'rider') return riderFaces(look)
  const shape = SHAPES[look.kind]
  const paint = plain(look.color)
  const [u, v] = [shape.length / 2, shape.width / 2]
  const low = { x0: -u, y0: -v, x1: u, y1: v, z: shape.floor }
  const belt = { x0: -u + 0.06, y0: -v + 0.04, x1: u - 0.12, y1: v - 0.04, z: shape.belt }
  return [
    ...frustum({ ...low, z: shape.floor - 0.14 }, low, { side: RUBBER }),
    ...frustum(low, belt, { side: paint }),
    ...cabin(look.kind, shape, paint),
    ...wheels(look.kind, u, v),
    ...lamps(look, u, v, shape)
  ]
}

function cabin(kind: VehicleKind, shape: Shape, paint: Painter): Face[] {
  const [u, v] = [shape.length / 2, shape.width / 2]
  const boxy = kind === 'bus' || kind === 'van'
  const rear = boxy ? -u + 0.1 : kind === 'suv' ? -u + 0.18 : -u + 0.75
  const nose = kind === 'bus' ? u - 0.12 : kind === 'van' ? u - 0.7 : u - 1.25
  const slant = kind === 'bus' ? 0.12 : boxy ? 0.5 : 0.75
  const roof = { x0: rear + (boxy ? 0.1 : 0.5), y0: -v + 0.2, x1: nose - slant, y1: v - 0.2, z: shape.height - 0.08 }
  const base = { x0: rear, y0: -v + 0.09, x1: nose, y1: v - 0.09, z: shape.belt }
  const side = kind === 'bus' ? paint : GLASS
  const posts = kind === 'bus' ? panes(base, roof) : pillars(base, roof, paint)
  const out = [
    ...frustum(base, roof, { side, front: GLASS, back: GLASS, top: kind === 'bus' ? plain([0.4, 0.4, 0.38]) : paint }),
    ...frustum(roof, { ...roof, z: shape.height }, { side: paint }),
    ...posts
  ]
  if (kind === 'taxi') {
    const sign = { x0: -0.5, y0: -0.35, x1: -0.2, y1: 0.35, z: shape.height }
    out.push(...frustum(sign, { ...sign, z: shape.height + 0.2 }, { side: glowing([1, 0.8, 0.3], 1) }))
  }
  return out
}

/** The lit windows of a bus, a little outside of its walls. */
function panes(base: { x0: number; x1: number; y1: number; z: number }, roof: { y1: number; z: number }): Face[] {
  const lit = glowing([1, 0.88, 0.68], 0.3)
  const count = 7
  const pitch = (base.x1 - base.x0 - 0.5) / count
  const at = (t: number, sign: number): number => sign * (base.y1 + (roof.y1 - base.y1) * t + 0.015)
  return Array.from({ length: count }, (_, i) => base.x0 + 0.25 + i * pitch).flatMap(u =>
    [1, -1].map((sign): Face => {
      const [low, high] = [base.z + 0.1, roof.z - 0.45]
      const rise = (z: number): number => at((z - base.z) / (roof.z - base.z), sign)
      const points: Vec[] = [
        [u + 0.08, rise(low), low],
        [u + pitch - 0.08, rise(low), low],
        [u + pitch - 0.08, rise(high), high],
        [u + 0.08, rise(high), high]
      ]
      return { points, normal: [0, sign, 0], paint: lit, twoSided: true }
    })
  )
}

/** The strip of body colour between the side windows. */
function pillars(
  base: { x0: number; x1: number; y0: number; y1: number; z: number },
  roof: typeof base,
  paint: Painter
) {
  const u = (base.x0 + base.x1) / 2 - 0.1
  const strip = (sign: number): Face => {
    const [low, high] = [sign * base.y1 * 1.012, sign * roof.y1 * 1.012]
    const points: Vec[] = [
      [u - 0.07, low, base.z],
      [u + 0.07, low, base.z],
      [u + 0.07, high, roof.z],
      [u - 0.07, high, roof.z]
    ]
    return face(points, paint, true)
  }
  return [strip(1), strip(-1)]
}

function wheels(kind: VehicleKind, u: number, v: number): Face[] {
  const radius = kind === 'bus' ? 0.48 : 0.33
  const axle = kind === 'bus' ? u - 2.4 : u - 0.85
  const hub = plain([0.16, 0.16, 0.16])
  const disc = (middle: number, side: number, r: number, out: number, paint: Painter): Face => {
    const points = Array.from({ length: 10 }, (_, i): Vec => {
      const turn = (i / 10) * 2 * Math.PI
      return [middle + Math.cos(turn) * r, side * (v + out), radius + Math.sin(turn) * r]
    })
    return { points, normal: [0, side, 0], paint, twoSided: true }
  }
  return [axle, -axle].flatMap(middle =>
    [1, -1].flatMap(side => [disc(middle, side, radius, 0.005, RUBBER), disc(middle, side, radius * 0.55, 0.012, hub)])
  )
}

function lamps({ braking, dark, kind }: VehicleLook, u: number, v: number, shape: Shape): Face[] {
  const z = kind === 'bus' ? 0.62 : shape.belt - 0.26
  const tail = dark ? plain([0.22, 0.02, 0.02]) : glowing([1, 0.06, 0.03], braking ? 2.4 : 0.9)
  const plate = (x: number, y0: number, y1: number, height: number, paint: Painter, ahead: number): Face => ({
    points: [
      [x, y0, z],
      [x, y1, z],
      [x, y1, z + height],
      [x, y0, z + height]
    ],
    normal: [ahead, 0, 0.1],
    paint,
    twoSided: true
  })
  return [1, -1].flatMap(side => [
    plate(u + 0.01, side * (v - 0.48), side * (v - 0.08), 0.16, dark ? DIM : HEAD, 1),
    plate(-u - 0.01, side * (v - 0.42), side * (v - 0.06), 0.17, tail, -1)
  ])
}

function riderFaces({ color, dark }: VehicleLook): Face[] {
  const frame = plain([0.12, 0.12, 0.13])
  const body = frustum(
    { x0: -0.6, y0: -0.14, x1: 0.5, y1: 0.14, z: 0.34 },
    { x0: -0.7, y0: -0.12, x1: 0.35, y1: 0.12, z: 0.72 },
    { side: frame }
  )
  const shield = frustum(
    { x0: 0.45, y0: -0.18, x1: 0.6, y1: 0.18, z: 0.3 },
    { x0: 0.3, y0: -0.25, x1: 0.42, y1: 0.25, z: 1.05 },
    { side: frame }
  )
  const discs = [0.62, -0.62].flatMap(middle =>
    [1, -1].map(side => ({
      points: Array.from(
        { length: 8 },
        (_, i): Vec => [middle + Math.cos(i * 0.785) * 0.25, side * 0.05, 0.25 + Math.sin(i * 0.785) * 0.25]
      ),
      normal: [0, side, 0] as Vec,
      paint: RUBBER,
      twoSided: true
    }))
  )
  const lamp: Face = {
    points: [
      [0.62, -0.09, 0.78],
      [0.62, 0.09, 0.78],
      [0.62, 0.09, 0.92],
      [0.62, -0.09, 0.92]
    ],
    normal: [1, 0, 0],
    paint: dark ? DIM : HEAD,
    twoSided: true
  }
  const seated = personFaces({ coat: color, trousers: [0.06, 0.06, 0.08] }, 0).map(one => ({
    ...one,
    points: one.points.map(([x, y, z]): Vec => [x - 0.2, y, z < 0.9 ? Math.max(0.5, z) : z - 0.15])
  }))
  return [...body, ...shield, ...discs, lamp, ...seated]
}

/** Its shadow-throwing boxes in its own axes. */
export function vehicleBoxes(kind: VehicleKind): BoxBlocker[] {
  const { length, width, height, belt } = SHAPES[kind]
  const [u, v] = [length / 2, width / 2]
  if (kind === 'bus' || kind === 'van') return [[-u, -v, 0.2, u, v, height]]
  return [
    [-u, -v, 0.2, u, v, belt],
    [-u + 0.8, -v + 0.15, belt, u - 1.7, v - 0.15, height]
  ]
}
