/** The cameras as they are now, found by id, by place and by what they cover; every position is on WGS-84 here. */
import { around } from 'geokdbush'
import KDBush from 'kdbush'
import type { CameraId, SourceId } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { CameraRow } from '../core/unit.ts'
import { toWgs84 } from './datum.ts'

export interface NearCamera {
  readonly camera: CameraRow
  readonly distanceM: number
}

export interface CameraList {
  /** A new array after every change. */
  readonly all: readonly CameraRow[]
  byId(cameraId: string): CameraRow | undefined
  /** Nearest first; at most `count`. */
  nearest(point: GeoPoint, count: number): readonly NearCamera[]
  /** Those whose rows say that they look at this source. */
  covering(sourceId: SourceId): readonly CameraRow[]
  put(row: CameraRow): void
  remove(cameraId: string): void
}

interface Made {
  readonly all: readonly CameraRow[]
  readonly index: KDBush
  readonly bySource: ReadonlyMap<string, readonly CameraRow[]>
}

export function createCameraList(file: readonly CameraRow[]): CameraList {
  const rows = new Map<CameraId, CameraRow>()
  let made: Made | undefined
  const put = (row: CameraRow): void => {
    rows.set(row.id, { ...row, position: toWgs84(row.position) })
    made = undefined
  }
  for (const row of file) put(row)
  const now = (): Made => {
    made ??= madeOf([...rows.values()])
    return made
  }
  return {
    get all() {
      return now().all
    },
    byId: cameraId => rows.get(cameraId as CameraId),
    nearest(point, count) {
      const { all, index } = now()
      if (all.length === 0) return []
      return around(index, point.lon, point.lat, count).map(at => {
        const camera = all[at] as CameraRow
        return { camera, distanceM: Math.round(distanceM(point, camera.position)) }
      })
    },
    covering: sourceId => now().bySource.get(sourceId) ?? [],
    put,
    remove(cameraId) {
      rows.delete(cameraId as CameraId)
      made = undefined
    }
  }
}

function madeOf(all: readonly CameraRow[]): Made {
  const index = new KDBush(Math.max(1, all.length))
  for (const { position } of all) index.add(position.lon, position.lat)
  if (all.length === 0) index.add(0, 0)
  index.finish()
  const pairs = all.flatMap(camera => (camera.sourceIds ?? []).map(sourceId => ({ sourceId, camera })))
  const bySource = Map.groupBy(pairs, ({ sourceId }) => sourceId as string)
  return { all, index, bySource: new Map([...bySource].map(([key, own]) => [key, own.map(({ camera }) => camera)])) }
}
