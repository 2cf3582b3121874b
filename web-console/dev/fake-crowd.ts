/** A city's worth of cameras and units around the fake town, a thousand of the units moving each second: for the map at scale. */
import { id } from '../../gateway/core/brand.ts'
import type { Unit } from '../../gateway/core/unit.ts'
import type { CameraView, FloorSnapshot, ServerMessage } from '../../gateway/core/wire.ts'
import { place } from './fake-town.ts'

const MOVING = 1_000
/** Metres from the middle of the town to the edge of what is filled. */
const REACH_M = 6_000

/** The same numbers in every run. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Denser in the middle, as towns are. */
function somewhere(next: () => number) {
  const bend = (share: number) => (share - 0.5) * 2 * Math.abs(share - 0.5) * 2
  return place(800 + bend(next()) * REACH_M, 600 + bend(next()) * REACH_M)
}

export interface Crowd {
  with(snapshot: FloorSnapshot): FloorSnapshot
  /** The thousand that move, as the gateway tells it once a second. */
  watch(send: (message: ServerMessage) => void): () => void
}

export function createCrowd(cameraCount: number, unitCount: number): Crowd {
  const next = sequence(29)
  const nowMs = Date.now()
  const cameras = Array.from(
    { length: cameraCount },
    (_, n): CameraView => ({
      id: id(`many-${n}`),
      name: `探头 ${n}`,
      position: somewhere(next),
      yawDeg: Math.floor(next() * 360),
      fovDeg: 70,
      ownership: n % 5 === 0 ? 'private' : 'public',
      health: n % 97 === 0 ? 'offline' : 'idle'
    })
  )
  const vehicles = ['foot', 'motorcycle', 'car', 'bicycle'] as const
  const units = Array.from(
    { length: unitCount },
    (_, n): Unit => ({
      id: id(`crowd-${n}`),
      name: `巡防 ${n}`,
      unitClass: 'patrol',
      memberCount: 2,
      vehicle: vehicles[n % 4] ?? 'foot',
      speedKmh: 20,
      state: n % 900 === 5 ? 'enRoute' : 'available',
      position: { point: somewhere(next), atMs: nowMs - (n % 50) * 4_000, headingDeg: Math.floor(next() * 360) },
      members: []
    })
  )
  let turn = 0
  const move = (): ServerMessage => {
    const first = (turn++ * MOVING) % Math.max(1, units.length)
    const moved = units.slice(first, first + MOVING).map((unit, n) => {
      const position = { point: somewhere(next), atMs: Date.now(), headingDeg: (n * 7) % 360 }
      units[first + n] = { ...unit, position }
      return { unitId: unit.id, position }
    })
    return { type: 'positions', units: moved, vehicles: [] }
  }
  return {
    with: snapshot => ({
      ...snapshot,
      cameras: [...snapshot.cameras, ...cameras],
      units: [...snapshot.units, ...units]
    }),
    watch(send) {
      if (units.length === 0) return () => undefined
      const timer = setInterval(() => send(move()), 1_000)
      return () => clearInterval(timer)
    }
  }
}
