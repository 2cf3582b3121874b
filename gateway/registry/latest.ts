/** Latest values that are no signals: positions of vehicles, what was seen of devices and cameras; bounded, expiring, never stored. */
import type { CameraId, SourceId } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { CameraSighting, Clock, Sighting } from '../core/ports.ts'
import type { CameraRow } from '../core/unit.ts'
import type { CameraPlace } from './camera-list.ts'

export interface Latest {
  position(sourceId: SourceId, position: Position): void
  /** Its own, or that of the vehicle it belongs to; undefined when there is none or it is older than the window (rule 10). */
  positionOf(sourceId: SourceId): Position | undefined
  sighted(sighting: Sighting): void
  devices(): readonly Sighting[]
  /** Keeps how a registry camera can be reached; true when that changed. */
  camera(sighting: CameraSighting): boolean
  cameraOf(cameraId: CameraId): CameraSighting | undefined
  /** The registry's camera at this endpoint or address; undefined for a stranger. */
  cameraAt(where: CameraPlace): CameraId | undefined
  /** Found on the network and in nobody's registry. */
  strangers(): readonly CameraSighting[]
  /** Rows have changed: who was a stranger may be listed now, and the other way round. */
  rematch(): void
}

export interface LatestOptions {
  readonly clock: Clock
  /** Of the rows of this moment; asked for every sighting. */
  readonly camera: (where: CameraPlace) => CameraRow | undefined
  readonly positionKeptMs: number
  /** Sources that are where this one is: the terminal of the taxi whose driver telephones. */
  readonly alongWith?: (sourceId: SourceId) => readonly SourceId[]
  /** With the words of the street map: made once for each position that is asked for, never for those that only pass. */
  readonly named?: (told: Position) => Position
  readonly maxEntries?: number
}

export function createLatest(options: LatestOptions): Latest {
  const max = options.maxEntries ?? 100_000
  const positions = new Map<SourceId, Position>()
  const asked = new WeakSet<Position>()
  const devices = new Map<string, Sighting>()
  const cameras = new Map<CameraId, CameraSighting>()
  const strangers = new Map<string, CameraSighting>()

  const put = <K, V>(map: Map<K, V>, key: K, value: V): void => {
    map.delete(key)
    map.set(key, value)
    if (map.size > max) map.delete(map.keys().next().value as K)
  }

  const freshOf = (sourceId: SourceId): Position | undefined => {
    const position = positions.get(sourceId)
    if (!position || options.clock.now() - position.atMs > options.positionKeptMs) return undefined
    if (!options.named || asked.has(position)) return position
    const named = options.named(position)
    asked.add(named)
    positions.set(sourceId, named)
    return named
  }

  return {
    position: (sourceId, position) => put(positions, sourceId, position),
    positionOf(sourceId) {
      const own = freshOf(sourceId)
      if (own) return own
      const others = options.alongWith?.(sourceId).flatMap(each => freshOf(each) ?? []) ?? []
      return others.sort((a, b) => b.atMs - a.atMs)[0]
    },
    sighted: sighting => put(devices, sighting.deviceId, { ...devices.get(sighting.deviceId), ...sighting }),
    devices: () => [...devices.values()],
    camera(sighting) {
      const row = options.camera(sighting)
      if (!row) {
        put(strangers, sighting.endpoint, sighting)
        return false
      }
      const before = cameras.get(row.id)
      put(cameras, row.id, sighting)
      return before?.main?.url !== sighting.main?.url || before?.sub?.url !== sighting.sub?.url
    },
    cameraAt: where => options.camera(where)?.id,
    cameraOf: cameraId => cameras.get(cameraId),
    strangers: () => [...strangers.values()],
    rematch() {
      const seen = [...cameras.values(), ...strangers.values()]
      cameras.clear()
      strangers.clear()
      for (const sighting of seen) {
        const row = options.camera(sighting)
        if (row) put(cameras, row.id, sighting)
        else put(strangers, sighting.endpoint, sighting)
      }
    }
  }
}
