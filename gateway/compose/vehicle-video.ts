/** In-car video: the cameras of a vehicle that has pressed are asked for, kept known to the video plane while its incident is open, and ended with it. */
import type { Config } from '../config.ts'
import { protocolOf } from '../core/brand.ts'
import type { EvidenceItem, Incident, IncidentCamera } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media, MediaCamera } from '../core/media.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { type VehicleCamera, vehicleCameraUrl } from '../core/vehicle-camera.ts'

export interface VehicleVideoDeps {
  readonly config: Pick<Config, 'media'>
  readonly clock: Clock
  readonly log: Log
  readonly media: Pick<Media, 'vehiclePort' | 'health' | 'extend'>
  readonly cameras: { inVehicles(cameras: readonly MediaCamera[]): void }
  readonly incidents: { all(): Iterable<Incident> }
  parts(): readonly { readonly name: string; readonly adapter: Adapter }[]
}

export interface VehicleVideo {
  /** With every change of an incident, before its recordings begin. */
  incidentChanged(after: Incident, before: Incident | undefined): void
  /** Takes up what was open before the start; asks again for what does not come. */
  start(): () => void
}

/** A camera whose picture does not come, or has stopped, is asked for again so often. */
const AGAIN_MS = 15_000
/** The clip ends no earlier than the incident, within the bound of every clip. */
const EXTEND_MS = 30_000
const MAX_CLIP_MS = 15 * 60_000

export function createVehicleVideo(deps: VehicleVideoDeps): VehicleVideo {
  const { clock, log, media, cameras, incidents } = deps
  const { enabled, address } = deps.config.media.vehicleVideo
  /** Asked and not ended, by camera. */
  const asked = new Map<string, VehicleCamera>()

  const wanted = (): readonly (IncidentCamera & { readonly vehicle: VehicleCamera })[] =>
    [...incidents.all()]
      .filter(incident => isCalling(incident) || incident.evidence.some(isRunning))
      .flatMap(incident => incident.cameras.filter(isInside))

  const order = async (vehicle: VehicleCamera, on: boolean): Promise<void> => {
    const port = media.vehiclePort()
    const adapter = deps.parts().find(part => part.name === protocolOf(vehicle.sourceId))?.adapter
    if (port === undefined || !adapter?.video) return
    try {
      const { result, detail } = await adapter.video(vehicle.sourceId, { channel: vehicle.channel, on, address, port })
      if (result !== 'done') log.warn({ ...vehicle, on, result, detail }, 'a vehicle was asked for its video in vain')
    } catch (error) {
      log.warn({ err: error, ...vehicle }, 'a vehicle could not be asked for its video')
    }
  }

  const review = (): void => {
    const now = new Map(wanted().map(each => [each.cameraId as string, each]))
    const isNews = now.size !== asked.size || [...now.keys()].some(cameraId => !asked.has(cameraId))
    if (!isNews) return
    cameras.inVehicles([...now.values()].map(mediaCameraOf))
    for (const [cameraId, vehicle] of asked)
      if (!now.has(cameraId)) {
        asked.delete(cameraId)
        void order(vehicle, false)
      }
    for (const [cameraId, { vehicle }] of now)
      if (!asked.has(cameraId)) {
        asked.set(cameraId, vehicle)
        void order(vehicle, true)
      }
  }

  const again = (): void => {
    const live = new Set(
      media
        .health()
        .filter(each => each.state === 'live')
        .map(each => each.cameraId as string)
    )
    for (const [cameraId, vehicle] of asked) if (!live.has(cameraId)) void order(vehicle, true)
    for (const incident of incidents.all()) if (isCalling(incident)) prolong(incident)
  }

  const prolong = (incident: Incident): void => {
    for (const item of incident.evidence)
      if (isRunning(item) && clock.now() - item.requestedFromMs < MAX_CLIP_MS)
        media.extend(item.id, clock.now() + EXTEND_MS)
  }

  if (!enabled) return { incidentChanged: () => undefined, start: () => () => undefined }
  return {
    incidentChanged(after, before) {
      if ([...after.cameras, ...(before?.cameras ?? [])].some(isInside)) review()
    },
    start() {
      review()
      return clock.every(AGAIN_MS, again)
    }
  }
}

const isCalling = (incident: Incident): boolean => isOpen(incident) && laneOf(incident) === 'alarm'

const isInside = (camera: IncidentCamera): camera is IncidentCamera & { readonly vehicle: VehicleCamera } =>
  camera.vehicle !== undefined

const isRunning = (item: EvidenceItem): boolean =>
  item.origin !== undefined && item.kind === 'clip' && item.state === 'recording'

function mediaCameraOf({ cameraId, name, vehicle }: IncidentCamera & { readonly vehicle: VehicleCamera }): MediaCamera {
  return { cameraId, name, mainUrl: vehicleCameraUrl(vehicle), preRollStream: 'main' }
}
