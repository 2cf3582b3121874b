/** What of the map is shown, as the layer panel sets it. */
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { isLost } from './map-data.ts'

/** Own and private ones with a picture, and all without one: a camera is in one of them. */
export const CAMERA_KINDS = ['public', 'private', 'lost'] as const
type CameraKind = (typeof CAMERA_KINDS)[number]

export const VEHICLES = ['car', 'motorcycle', 'bicycle', 'foot'] as const satisfies readonly Unit['vehicle'][]
export const CELL_LEVELS = [1, 2, 3] as const
type CellLevel = (typeof CELL_LEVELS)[number]

export interface Layers {
  readonly cameras: ReadonlySet<CameraKind>
  readonly sectors: boolean
  /** Of the map server, where one is set. */
  readonly tiles: boolean
  readonly units: ReadonlySet<Unit['vehicle']>
  readonly cells: ReadonlySet<CellLevel>
  /** Priorities that are shown. */
  readonly priorities: ReadonlySet<number>
}

export const ALL_LAYERS: Layers = {
  cameras: new Set(CAMERA_KINDS),
  sectors: true,
  tiles: true,
  units: new Set(VEHICLES),
  cells: new Set(CELL_LEVELS),
  priorities: new Set([1, 2, 3, 4, 5])
}

export function kindOf(camera: Pick<CameraView, 'ownership' | 'health'>): CameraKind {
  return isLost(camera) ? 'lost' : camera.ownership
}

/** The same set with the other answer for this one. */
export function flipped<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const copy = new Set(set)
  if (!copy.delete(item)) copy.add(item)
  return copy
}
