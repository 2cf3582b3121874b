/** What stands along the streets: lamps, trees, parked cars; the same for every camera. */
import type { Plan, PlannedCamera } from '../plan.ts'
import { box, type Face, face, glowing, type Painter, plain, type Rgb, setPaint } from './face.ts'
import type { Ground } from './ground.ts'
import { choose, hash } from './random.ts'
import type { Vec } from './view.ts'

export interface LampPost {
  readonly foot: Vec
  /** Where the light is. */
  readonly head: Vec
  readonly strong: boolean
}

export interface Tree {
  readonly at: Vec
  readonly radius: number
  /** Height of the middle of the crown. */
  readonly crown: number
  readonly seed: number
}

/** A road as the furniture sees it: points at `s` along it and `t` to the right of its middle, looking to greater s. */
export interface Lane {
  readonly axis: 'x' | 'y'
  readonly middle: number
  readonly half: number
  readonly from: number
  readonly to: number
  readonly crossings: readonly { readonly at: number; readonly half: number }[]
}

/** Every road in one piece; those without a bridge end at the river. */
export function lanesOf({ roadsNorthSouth, roadsEastWest, river, bridgesAtX, size }: Plan): Lane[] {
  const ew = roadsEastWest.map(({ y, width }) => ({ at: y, half: width / 2 }))
  const ns = roadsNorthSouth.map(({ x, width }) => ({ at: x, half: width / 2 }))
  const alongY = roadsNorthSouth.flatMap(({ x, width }): Lane[] => {
    const whole: Lane = { axis: 'y', middle: x, half: width / 2, from: 0, to: size[1], crossings: ew }
    if (bridgesAtX.includes(x)) return [whole]
    return [
      { ...whole, to: river.yNorth - 22 },
      { ...whole, from: river.ySouth + 20 }
    ]
  })
  const alongX = roadsEastWest.map(
    ({ y, width }): Lane => ({ axis: 'x', middle: y, half: width / 2, from: 0, to: size[0], crossings: ns })
  )
  return [...alongY, ...alongX]
}

/** The map point at `s` along a road and `t` to the right of its middle (seen towards greater s). */
export function pointOn(lane: Lane, s: number, t: number, z = 0): Vec {
  return lane.axis === 'x' ? [s, lane.middle + t, z] : [lane.middle - t, s, z]
}

export const nearCrossing = (lane: Lane, s: number, margin: number): boolean =>
  lane.crossings.some(({ at, half }) => Math.abs(s - at) < half + margin)

/** On the pavements, at the corners of the greater crossings, and along the river. */
export function lampPosts(plan: Plan, cameras: readonly PlannedCamera[]): LampPost[] {
  const posts = [...lanesOf(plan).flatMap(alongLane), ...atCorners(plan), ...alongRiver(plan)]
  return posts.filter(({ foot }) => !crowds(cameras, foot, 9, 3))
}

function alongLane(lane: Lane): LampPost[] {
  const out: LampPost[] = []
  const both = lane.half >= 7
  for (let s = lane.from + 9, n = 0; s < lane.to; s += both ? 15 : 22, n++) {
    if (nearCrossing(lane, s, 7)) continue
    const side = n % 2 === 0 ? 1 : -1
    const strong = lane.half >= 10
    const t = side * (lane.half + 0.7)
    out.push({
      foot: pointOn(lane, s, t),
      head: pointOn(lane, s, t - side * (strong ? 2.2 : 1.6), strong ? 8.6 : 7.2),
      strong
    })
  }
  return out
}

function atCorners({ roadsNorthSouth, roadsEastWest, river, bridgesAtX }: Plan): LampPost[] {
  return roadsNorthSouth.flatMap(({ x, width: wide }) =>
    roadsEastWest.flatMap(({ y, width: tall }) => {
      if (Math.min(wide, tall) < 12) return []
      return [-1, 1].flatMap(i =>
        [-1, 1].flatMap((j): LampPost[] => {
          const [fx, fy] = [x + i * (wide / 2 + 2.2), y + j * (tall / 2 + 2.2)]
          const deadEnd =
            !bridgesAtX.includes(x) && fy > river.yNorth - 25 && fy < river.ySouth + 23 && fy > river.yNorth === j < 0
          return deadEnd ? [] : [{ foot: [fx, fy, 0], head: [fx - i * 2.4, fy, 9], strong: true }]
        })
      )
    })
  )
}

function alongRiver({ river, bridgesAtX, size }: Plan): LampPost[] {
  const out: LampPost[] = []
  for (let x = 6; x < size[0]; x += 21)
    for (const [y, way] of [
      [river.yNorth - 2, -1],
      [river.ySouth + 2, 1]
    ] as const)
      if (!bridgesAtX.some(at => Math.abs(x - at) < 20))
        out.push({ foot: [x, y, 0], head: [x, y + way * 0.7, 4.6], strong: false })
  return out
}

/** True where a thing would stand in front of a lens or beside it. */
export function crowds(cameras: readonly PlannedCamera[], [x, y]: Vec, ahead: number, around: number): boolean {
  return cameras.some(camera => {
    const [dx, dy] = [x - camera.x, y - camera.y]
    const distance = Math.hypot(dx, dy)
    const yaw = (camera.yawDeg * Math.PI) / 180
    const cosine = (dx * Math.sin(yaw) - dy * Math.cos(yaw)) / (distance || 1)
    return distance < around || (distance < ahead && cosine > 0.6)
  })
}

export function trees(
  plan: Plan,
  ground: Ground,
  lamps: readonly LampPost[],
  cameras: readonly PlannedCamera[]
): Tree[] {
  const spots: Vec[] = lanesOf(plan).flatMap((lane, index) => {
    const out: Vec[] = []
    for (let s = lane.from + 4, n = 0; s < lane.to; s += 6.5, n++) {
      if (hash(index, n, 61) < (lane.half < 6 ? 0.66 : 0.42) || nearCrossing(lane, s, 9)) continue
      const t = (n % 2 === 0 ? 1 : -1) * (lane.half + 1.5)
      out.push(pointOn(lane, s, t))
    }
    return out
  })
  for (const [x0, y0, x1, y1] of plan.parks) {
    for (let x = x0 + 5; x < x1 - 4; x += 9) {
      for (let y = y0 + 5; y < y1 - 4; y += 9) {
        if (hash(x | 0, y | 0, 62) < 0.7)
          spots.push([x + hash(x | 0, y | 0, 63) * 5, y + hash(x | 0, y | 0, 64) * 5, 0])
      }
    }
  }
  for (let x = 8; x < plan.size[0]; x += 11) {
    for (const y of [plan.river.yNorth - 9, plan.river.ySouth + 8]) {
      if (hash(x, y | 0, 65) < 0.6 && !plan.bridgesAtX.some(at => Math.abs(x - at) < 26)) spots.push([x, y, 0])
    }
  }
  return spots.flatMap(([x, y], index): Tree[] => {
    const at: Vec = [x, y, 0]
    const taken = lamps.some(
      ({ foot, head }) => Math.hypot(foot[0] - x, foot[1] - y) < 3.2 || Math.hypot(head[0] - x, head[1] - y) < 3.2
    )
    if (taken || crowds(cameras, at, 17, 5) || ground.isWater(x, y)) return []
    const radius = 2 + hash(index, 66) * 1.1
    return [{ at, radius, crown: 3.5 + radius * 0.6, seed: index + 1 }]
  })
}

const IRON = plain([0.1, 0.1, 0.1])

export function lampFaces({ foot: [x, y], head: [hx, hy, hz] }: LampPost): Face[] {
  const [x0, x1] = [Math.min(x, hx), Math.max(x, hx)]
  const [y0, y1] = [Math.min(y, hy), Math.max(y, hy)]
  const [ux, uy] = [Math.sign(hx - x), Math.sign(hy - y)]
  const lens: Vec[] = [
    [hx - 0.22, hy - 0.22, hz],
    [hx - 0.22, hy + 0.22, hz],
    [hx + 0.22, hy + 0.22, hz],
    [hx + 0.22, hy - 0.22, hz]
  ]
  return [
    ...box(x - 0.16, y - 0.16, x + 0.16, y + 0.16, 0, 0.7, IRON),
    ...box(x - 0.075, y - 0.075, x + 0.075, y + 0.075, 0.7, hz + 0.2, IRON),
    ...box(x0 - 0.05, y0 - 0.05, x1 + 0.05, y1 + 0.05, hz + 0.12, hz + 0.22, IRON),
    ...box(
      hx - 0.2 - Math.abs(ux) * 0.25,
      hy - 0.2 - Math.abs(uy) * 0.25,
      hx + 0.2 + Math.abs(ux) * 0.25,
      hy + 0.2 + Math.abs(uy) * 0.25,
      hz,
      hz + 0.14,
      glowing([1, 0.8, 0.5], 1.6),
      IRON
    ),
    face(lens, glowing([1, 0.82, 0.55], 3), true)
  ]
}

const GREENS: readonly [Rgb, ...Rgb[]] = [
  [0.13, 0.2, 0.05],
  [0.16, 0.22, 0.05],
  [0.11, 0.17, 0.05],
  [0.2, 0.23, 0.07]
]

/** Trunk, a dark core, and leaves around it that catch the light. */
export function treeFaces({ at: [x, y], radius, crown, seed }: Tree, leaves: number): Face[] {
  const bark = plain([0.13, 0.1, 0.07])
  const out = box(x - 0.13, y - 0.13, x + 0.13, y + 0.13, 0, crown - radius * 0.5, bark)
  const hue = choose(GREENS, hash(seed, 71))
  const core: Painter = paint => setPaint(paint, hue, 0.3)
  const lumps = [
    { dx: 0, dy: 0, dz: 0, r: radius * 0.8 },
    { dx: radius * 0.5, dy: radius * 0.2, dz: -radius * 0.22, r: radius * 0.58 },
    { dx: -radius * 0.45, dy: radius * 0.3, dz: -radius * 0.12, r: radius * 0.6 },
    { dx: 0, dy: -radius * 0.5, dz: radius * 0.2, r: radius * 0.56 }
  ]
  for (const [k, { dx, dy, dz, r }] of lumps.entries()) {
    const middle: Vec = [x + dx, y + dy, crown + dz]
    out.push(...ball(middle, r * 0.86, core))
    for (let i = 0; i < leaves / 4; i++) out.push(leaf(middle, r, seed * 4 + k, i, hue))
  }
  return out
}

function leaf(middle: Vec, r: number, seed: number, i: number, hue: Rgb): Face {
  const z = hash(seed, i, 1) * 2 - 1
  const turn = hash(seed, i, 2) * 2 * Math.PI
  const flat = Math.sqrt(1 - z * z)
  const normal: Vec = [flat * Math.cos(turn), flat * Math.sin(turn), z]
  const out = r * (0.86 + hash(seed, i, 3) * 0.3)
  const [cx, cy, cz] = [middle[0] + normal[0] * out, middle[1] + normal[1] * out, middle[2] + normal[2] * out * 0.85]
  const size = 0.2 + hash(seed, i, 4) * 0.22
  const spin = hash(seed, i, 5) * 6.28
  const points = [0, 2.1, 4.2].map((angle): Vec => {
    const [u, v] = [Math.cos(angle + spin) * size, Math.sin(angle + spin) * size]
    return [
      cx + u * -Math.sin(turn) + v * 0.5 * normal[0],
      cy + u * Math.cos(turn) + v * 0.5 * normal[1],
      cz + v * 0.75
    ]
  })
  const tone = 0.65 + hash(seed, i, 6) * 0.8
  return { points, normal, twoSided: true, paint: paint => setPaint(paint, hue, tone) }
}

/** A ball of three bands of eight faces. */
export function ball(middle: Vec, r: number, paint: Painter): Face[] {
  const at = (band: number, step: number): Vec => {
    const [lat, lon] = [(band / 4 - 0.5) * Math.PI, (step / 8) * 2 * Math.PI]
    return [
      middle[0] + Math.cos(lat) * Math.cos(lon) * r,
      middle[1] + Math.cos(lat) * Math.sin(lon) * r,
      middle[2] + Math.sin(lat) * r
    ]
  }
  const out: Face[] = []
  for (let band = 0; band < 4; band++)
    for (let step = 0; step < 8; step++) {
      const points = [at(band, step), at(band, step + 1), at(band + 1, step + 1), at(band + 1, step)]
      const [lat, lon] = [((band + 0.5) / 4 - 0.5) * Math.PI, ((step + 0.5) / 8) * 2 * Math.PI]
      out.push({
        points,
        normal: [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)],
        paint
      })
    }
  return out
}
