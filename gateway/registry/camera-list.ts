/** The cameras as they are now, found by id, by place and by what they cover; every position is on WGS-84 here. */
import { around } from 'geokdbush'
import KDBush from 'kdbush'
import type { CameraId, SourceId } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { CameraSighting } from '../core/ports.ts'
import type { CameraRow } from '../core/unit.ts'
import { toWgs84 } from './datum.ts'

export interface NearCamera {
  readonly camera: CameraRow
  readonly distanceM: number
}

/** What a device is found by. */
export type CameraPlace = Pick<CameraSighting, 'cameraId' | 'endpoint' | 'address'>

export interface CameraList {
  /** A new array after every change. */
  readonly all: readonly CameraRow[]
  byId(cameraId: string): CameraRow | undefined
  withCode(nationalCode: string): readonly CameraRow[]
  withEndpoint(endpoint: string): readonly CameraRow[]
  withAddress(address: string): readonly CameraRow[]
  /** The one that this device is: by its id, else its endpoint, else its address; of several at one address the first. */
  at(where: CameraPlace): CameraRow | undefined
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
  readonly bySource: Index
  readonly byCode: Index
  readonly byEndpoint: Index
  readonly byAddress: Index
}

type Index = ReadonlyMap<string, readonly CameraRow[]>

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
  const withEndpoint = (endpoint: string) => now().byEndpoint.get(endpoint) ?? []
  const withAddress = (address: string) => now().byAddress.get(address) ?? []
  return {
    get all() {
      return now().all
    },
    byId: cameraId => rows.get(cameraId as CameraId),
    withCode: nationalCode => now().byCode.get(nationalCode) ?? [],
    ...{ withEndpoint, withAddress },
    at: ({ cameraId, endpoint, address }) =>
      (cameraId && rows.get(cameraId)) ?? withEndpoint(endpoint)[0] ?? withAddress(address)[0],
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
  return {
    ...{ all, index, bySource: indexOf(all, row => row.sourceIds ?? []) },
    byCode: indexOf(all, row => [row.nationalCode]),
    byEndpoint: indexOf(all, row => [row.onvif?.endpoint]),
    byAddress: indexOf(all, row => [row.onvif?.address])
  }
}

/** In the list's order; whoever has no such key is not in it. */
function indexOf(all: readonly CameraRow[], keysOf: (row: CameraRow) => readonly (string | undefined)[]): Index {
  const index = new Map<string, CameraRow[]>()
  for (const row of all)
    for (const key of keysOf(row)) {
      const own = key === undefined ? undefined : index.get(key)
      if (own) own.push(row)
      else if (key !== undefined) index.set(key, [row])
    }
  return index
}
