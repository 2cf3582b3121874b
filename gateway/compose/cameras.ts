/** Brings together what the registry lists, what discovery found and what the video plane sees of each camera. */
import type { CameraId } from '../core/brand.ts'
import type { Media, MediaCamera, StreamHealth } from '../core/media.ts'
import type { CameraSighting, Credential, Log } from '../core/ports.ts'
import type { CameraRow } from '../core/unit.ts'
import type { CameraView } from '../core/wire.ts'

export interface CamerasDeps {
  /** Of this moment. */
  rows(): readonly CameraRow[]
  readonly media: Pick<Media, 'setCameras' | 'health'>
  readonly preRollStream: 'main' | 'sub'
  cameraOf(cameraId: CameraId): CameraSighting | undefined
  credential(key: string): Promise<Credential | undefined>
  /** SHA-256 of the camera's certificate as it was first seen. */
  certificateOf(cameraId: CameraId): string | undefined
  readonly log: Log
}

export interface Cameras {
  /** Tells the video plane what to keep open; call after something changed. One pass at a time: the last that begins has the last word. */
  refresh(): Promise<void>
  /** Those inside vehicles whose incident is open, the whole list; known to the video plane when this returns. */
  inVehicles(cameras: readonly MediaCamera[]): void
  /** Those of phones that send now, the whole list. */
  onPhones(cameras: readonly MediaCamera[]): void
  view(row: CameraRow, health: StreamHealth | undefined): CameraView
  all(): readonly CameraView[]
}

export function createCameras(deps: CamerasDeps): Cameras {
  const describe = async (row: CameraRow): Promise<MediaCamera | undefined> => {
    const found = deps.cameraOf(row.id)
    const mainUrl = row.streams?.main?.url ?? found?.main?.url
    const subUrl = row.streams?.sub?.url ?? found?.sub?.url
    if (mainUrl === undefined && subUrl === undefined) return undefined
    const login = await deps.credential(found?.credential ?? row.credential ?? row.id)
    const { audio, transport } = row
    const certificate = { pinned: row.tlsFingerprint, remembered: deps.certificateOf(row.id) }
    const source = { mainUrl, subUrl, login, audio, transport, certificate }
    return { cameraId: row.id, name: row.name, preRollStream: deps.preRollStream, ...source }
  }
  const view = (row: CameraRow, health: StreamHealth | undefined): CameraView => ({
    id: row.id,
    name: row.name,
    position: row.position,
    yawDeg: row.yawDeg,
    fovDeg: row.fovDeg,
    infrared: row.infrared,
    ownership: row.ownership,
    audio: row.audio,
    health: health?.state ?? 'offline',
    lastFrameAtMs: health?.lastFrameAtMs,
    error: health?.error
  })
  let fixed: readonly MediaCamera[] = []
  let inside: readonly MediaCamera[] = []
  let phones: readonly MediaCamera[] = []
  const tell = () => deps.media.setCameras([...fixed, ...inside, ...phones])
  const pass = async (): Promise<void> => {
    const cameras = await Promise.all(deps.rows().map(describe))
    fixed = cameras.filter(camera => camera !== undefined)
    tell()
  }
  let last = Promise.resolve()
  let waiting: Promise<void> | undefined
  return {
    refresh() {
      // One that has not begun yet will see what changed just now.
      waiting ??= last.then(() => {
        waiting = undefined
        return pass()
      })
      last = waiting.catch(() => {})
      return waiting
    },
    inVehicles(cameras) {
      inside = cameras
      tell()
    },
    onPhones(cameras) {
      phones = cameras
      tell()
    },
    view,
    all() {
      const health = new Map(deps.media.health().map(h => [h.cameraId, h]))
      return deps.rows().map(row => view(row, health.get(row.id)))
    }
  }
}
