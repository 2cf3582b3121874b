/** The houses of the plan as faces: walls with windows, roofs, parapets, name boards over the shops, and the parapets of river and bridges. */
import type { Plan } from '../plan.ts'
import { baysOf, facade, hasSign, isShopLit, signColor, type Wall } from './facade.ts'
import { box, type Face, face, type Painter, plain, setPaint } from './face.ts'
import { type Ground, hasYard, PAVEMENT_M, WATER_M, WING_M } from './ground.ts'
import { hash, noise } from './random.ts'
import type { Vec } from './view.ts'

export interface House {
  readonly number: number
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  readonly heightM: number
}

/** A shop window or sign that lights the pavement before it. */
export interface ShopLight {
  readonly at: Vec
  readonly color: readonly [number, number, number]
}

const STREET_M = 13

/** The plan's buildings; those of schools and works become four wings around their yard. */
export function housesOf(plan: Plan): House[] {
  return plan.buildings.flatMap((block, index) => {
    const [x0, y0, x1, y1, heightM] = block
    const whole: House = { number: index + 1, x0, y0, x1, y1, heightM }
    if (!hasYard(block)) return [whole]
    return [
      { ...whole, y1: y0 + WING_M },
      { ...whole, y0: y1 - WING_M },
      { ...whole, y0: y0 + WING_M, x1: x0 + WING_M, y1: y1 - WING_M },
      { ...whole, y0: y0 + WING_M, x0: x1 - WING_M, y1: y1 - WING_M }
    ]
  })
}

function wallsOf(house: House, ground: Ground): readonly { readonly wall: Wall; readonly points: Vec[] }[] {
  const { number, x0, y0, x1, y1, heightM } = house
  const middle: Vec = [(x0 + x1) / 2, (y0 + y1) / 2, 0]
  const street = (x: number, y: number): boolean => heightM <= 45 && facesStreet(ground, x, y)
  const wall = (side: number, axis: 'x' | 'y', from: number, length: number, shops: boolean): Wall => {
    return { house: number, side, axis, from, length, heightM, shops: shops && length > 6 }
  }
  return [
    {
      wall: wall(0, 'x', x0, x1 - x0, street(middle[0], y0 - 1)),
      points: [
        [x0, y0, 0],
        [x1, y0, 0],
        [x1, y0, heightM],
        [x0, y0, heightM]
      ]
    },
    {
      wall: wall(1, 'y', y0, y1 - y0, street(x1 + 1, middle[1])),
      points: [
        [x1, y0, 0],
        [x1, y1, 0],
        [x1, y1, heightM],
        [x1, y0, heightM]
      ]
    },
    {
      wall: wall(2, 'x', x0, x1 - x0, street(middle[0], y1 + 1)),
      points: [
        [x1, y1, 0],
        [x0, y1, 0],
        [x0, y1, heightM],
        [x1, y1, heightM]
      ]
    },
    {
      wall: wall(3, 'y', y0, y1 - y0, street(x0 - 1, middle[1])),
      points: [
        [x0, y1, 0],
        [x0, y0, 0],
        [x0, y0, heightM],
        [x0, y1, heightM]
      ]
    }
  ]
}

/** One wall of a house: 0 north, 1 east, 2 south, 3 west. */
export function sideOf(house: House, ground: Ground, side: number): Wall {
  const [first, ...rest] = wallsOf(house, ground).map(({ wall }) => wall)
  const found = [first, ...rest][side] ?? first
  if (!found) throw new Error(`house ${house.number} has no side ${side}`)
  return found
}

function facesStreet(ground: Ground, x: number, y: number): boolean {
  const [ns, ew] = [ground.northSouth(x, y), ground.eastWest(y)]
  return Math.min(Math.abs(ns.off) - ns.half, Math.abs(ew.off) - ew.half) < STREET_M
}

const tiles: Painter = (paint, x, y, z) => {
  setPaint(paint, [0.13, 0.13, 0.14], 0.7 + noise(x * 2, y * 2 + z, 31) * 0.6)
}

export function houseFaces(house: House, ground: Ground): Face[] {
  const { number, x0, y0, x1, y1, heightM } = house
  const walls = wallsOf(house, ground)
  const gable = heightM <= 9 && Math.max(x1 - x0, y1 - y0) < 30
  const parapet = plain([0.3, 0.28, 0.25])
  const out = walls.map(({ wall, points }) => face(points, facade(wall)))
  out.push(
    ...(gable ? roof(house) : box(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25, heightM - 0.25, heightM + 0.35, parapet))
  )
  if (!gable && hash(number, 51) < 0.6) {
    const [cx, cy] = [x0 + (x1 - x0) * (0.25 + hash(number, 52) * 0.5), (y0 + y1) / 2]
    out.push(...box(cx - 2.2, cy - 1.8, cx + 2.2, cy + 1.8, heightM, heightM + 2.8, parapet))
  }
  for (const { wall } of walls) if (wall.shops) out.push(...boards(house, wall))
  return out
}

/** A tiled saddle roof with the ridge along the longer side. */
function roof({ x0, y0, x1, y1, heightM }: House): Face[] {
  const [a, b, c, d] = [x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5]
  const z = heightM - 0.1
  const alongX = x1 - x0 > y1 - y0
  const top = z + (alongX ? d - b : c - a) * 0.27
  const [mx, my] = [(a + c) / 2, (b + d) / 2]
  const ends = plain([0.3, 0.28, 0.25])
  if (alongX) {
    return [
      face(
        [
          [a, b, z],
          [c, b, z],
          [c, my, top],
          [a, my, top]
        ],
        tiles
      ),
      face(
        [
          [c, d, z],
          [a, d, z],
          [a, my, top],
          [c, my, top]
        ],
        tiles
      ),
      face(
        [
          [c, b, z],
          [c, d, z],
          [c, my, top]
        ],
        ends
      ),
      face(
        [
          [a, d, z],
          [a, b, z],
          [a, my, top]
        ],
        ends
      )
    ]
  }
  return [
    face(
      [
        [c, b, z],
        [c, d, z],
        [mx, d, top],
        [mx, b, top]
      ],
      tiles
    ),
    face(
      [
        [a, d, z],
        [a, b, z],
        [mx, b, top],
        [mx, d, top]
      ],
      tiles
    ),
    face(
      [
        [a, b, z],
        [c, b, z],
        [mx, b, top]
      ],
      ends
    ),
    face(
      [
        [c, d, z],
        [a, d, z],
        [mx, d, top]
      ],
      ends
    )
  ]
}

/** The ledge over the shops, so that they have depth. */
function boards(house: House, { axis, side }: Wall): Face[] {
  const ledge = plain([0.26, 0.25, 0.24])
  const out = side === 0 || side === 3 ? -0.35 : 0.35
  const edge = side === 0 ? house.y0 : side === 1 ? house.x1 : side === 2 ? house.y1 : house.x0
  const [from, to] = [Math.min(edge, edge + out), Math.max(edge, edge + out)]
  return axis === 'x'
    ? box(house.x0, from, house.x1, to, 3.72, 3.95, ledge)
    : box(from, house.y0, to, house.y1, 3.72, 3.95, ledge)
}

export function shopLights(house: House, ground: Ground): ShopLight[] {
  return wallsOf(house, ground).flatMap(({ wall }) => {
    if (!wall.shops) return []
    const bays = baysOf(wall.length)
    return Array.from({ length: bays }, (_, bay) => bay).flatMap((bay): ShopLight[] => {
      const lit = isShopLit(wall.house, wall.side, bay)
      if (!lit && !hasSign(wall.house, wall.side, bay)) return []
      const along = wall.from + ((bay + 0.5) * wall.length) / bays
      const reach = lit ? 1.3 : 0.9
      const out = wall.side === 0 || wall.side === 3 ? -reach : reach
      const at: Vec =
        wall.axis === 'x'
          ? [along, (wall.side === 0 ? house.y0 : house.y1) + out, lit ? 2 : 3.2]
          : [(wall.side === 1 ? house.x1 : house.x0) + out, along, lit ? 2 : 3.2]
      const color = signColor(wall.house, bay)
      return [{ at, color: lit ? [5, 4.5, 3.6] : [color[0] * 1.6, color[1] * 1.6, color[2] * 1.6] }]
    })
  })
}

/** Embankments and the stone rails along the river and over the bridges. */
export function riverFaces(plan: Plan): Face[] {
  const { yNorth, ySouth } = plan.river
  const stone = plain([0.3, 0.29, 0.27])
  const wet: Painter = (paint, x, _y, z) => setPaint(paint, [0.2, 0.2, 0.18], 0.5 + noise(x, z * 3, 33) * 0.4 + z * 0.1)
  const out: Face[] = []
  const half = 11 + PAVEMENT_M
  let from = 0
  for (const bridge of [...plan.bridgesAtX, plan.size[0] + half]) {
    const to = bridge - half
    out.push(
      face(
        [
          [from, yNorth, 0],
          [to, yNorth, 0],
          [to, yNorth, WATER_M],
          [from, yNorth, WATER_M]
        ],
        wet
      )
    )
    out.push(
      face(
        [
          [from, ySouth, WATER_M],
          [to, ySouth, WATER_M],
          [to, ySouth, 0],
          [from, ySouth, 0]
        ],
        wet
      )
    )
    for (const y of [yNorth - 0.3, ySouth + 0.3]) out.push(...railX(from, to, y, stone))
    from = bridge + half
    if (bridge > plan.size[0]) continue
    for (const x of [bridge - half + 0.2, bridge + half - 0.2]) out.push(...railY(yNorth, ySouth, x, stone))
    out.push(...box(bridge - half, yNorth, bridge - half + 0.05, ySouth, -1.2, 0, wet))
    out.push(...box(bridge + half - 0.05, yNorth, bridge + half, ySouth, -1.2, 0, wet))
  }
  return out
}

function railX(from: number, to: number, y: number, stone: Painter): Face[] {
  const out = [
    ...box(from, y - 0.09, to, y + 0.09, 0.85, 1.02, stone),
    ...box(from, y - 0.06, to, y + 0.06, 0.12, 0.55, stone)
  ]
  for (let x = from; x <= to; x += 2.4) out.push(...box(x - 0.13, y - 0.13, x + 0.13, y + 0.13, 0, 1.2, stone))
  return out
}

function railY(from: number, to: number, x: number, stone: Painter): Face[] {
  const out = [
    ...box(x - 0.09, from, x + 0.09, to, 0.85, 1.02, stone),
    ...box(x - 0.06, from, x + 0.06, to, 0.12, 0.55, stone)
  ]
  for (let y = from; y <= to; y += 2.4) out.push(...box(x - 0.13, y - 0.13, x + 0.13, y + 0.13, 0, 1.2, stone))
  return out
}
