/** In-car video: the cameras of a vehicle that has pressed are asked for, kept known to the video plane while its incident is open, and ended with it. */
import type { Config } from '../config.ts'
import { type IncidentId, protocolOf } from '../core/brand.ts'
import type { EvidenceItem, Incident, IncidentCamera } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media, MediaCamera } from '../core/media.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { type VehicleCamera, vehicleCameraId, vehicleCameraUrl } from '../core/vehicle-camera.ts'

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
  const { enabled, address, maxCameras, transport } = deps.config.media.vehicleVideo
  /** Asked and not ended, by camera. */
  const asked = new Map<string, VehicleCamera>()
  /** How often in a row without a picture. */
  const attempts = new Map<string, number>()

  /** Cameras of incidents that want them, oldest first, by incident: in a storm nobody goes through all incidents for each change. */
  const wanting = new Map<IncidentId, readonly InsideCamera[]>()

  /** True when something has changed. */
  const note = (incident: Incident): boolean => {
    const wants = isCalling(incident) || incident.evidence.some(isRunning)
    const inside = wants ? incident.cameras.filter(isInside) : []
    const before = wanting.get(incident.id) ?? []
    if (inside.length > 0) wanting.set(incident.id, inside)
    else wanting.delete(incident.id)
    return inside.length !== before.length || inside.some((each, n) => each.cameraId !== before[n]?.cameraId)
  }

  /** The first of them: whoever is asked stays asked, the next ones follow when one ends. */
  const wanted = (): ReadonlyMap<string, InsideCamera> => {
    const found = new Map<string, InsideCamera>()
    for (const cameras of wanting.values())
      for (const each of cameras) {
        if (found.size >= maxCameras) return found
        found.set(each.cameraId, each)
      }
    return found
  }

  /** Datagrams that do not get through are no reason to see nothing: every second time it is a connection. */
  const byUdp = (cameraId: string): boolean => {
    const attempt = attempts.get(cameraId) ?? 0
    attempts.set(cameraId, attempt + 1)
    return transport === 'udp' && attempt % 2 === 0
  }

  const order = async (vehicle: VehicleCamera, on: boolean): Promise<void> => {
    const { channel, sourceId } = vehicle
    const cameraId = vehicleCameraId(vehicle)
    const udp = on && byUdp(cameraId)
    if (!on) attempts.delete(cameraId)
    const port = media.vehiclePort()
    const adapter = deps.parts().find(part => part.name === protocolOf(vehicle.sourceId))?.adapter
    if (port === undefined || !adapter?.video) return
    try {
      const { result, detail } = await adapter.video(sourceId, { channel, on, address, port, udp })
      if (result !== 'done') log.warn({ ...vehicle, on, result, detail }, 'a vehicle was asked for its video in vain')
    } catch (error) {
      log.warn({ err: error, ...vehicle }, 'a vehicle could not be asked for its video')
    }
  }

  const review = (): void => {
    const now = wanted()
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
    for (const [cameraId, vehicle] of asked) {
      if (live.has(cameraId)) attempts.delete(cameraId)
      else void order(vehicle, true)
    }
    for (const incident of incidents.all()) if (wanting.has(incident.id) && isCalling(incident)) prolong(incident)
  }

  const prolong = (incident: Incident): void => {
    for (const item of incident.evidence)
      if (isRunning(item) && clock.now() - item.requestedFromMs < MAX_CLIP_MS)
        media.extend(item.id, clock.now() + EXTEND_MS)
  }

  if (!enabled) return { incidentChanged: () => undefined, start: () => () => undefined }
  return {
    incidentChanged(after) {
      if (note(after)) review()
    },
    start() {
      for (const incident of incidents.all()) note(incident)
      review()
      return clock.every(AGAIN_MS, again)
    }
  }
}

const isCalling = (incident: Incident): boolean => isOpen(incident) && laneOf(incident) === 'alarm'

type InsideCamera = IncidentCamera & { readonly vehicle: VehicleCamera }

const isInside = (camera: IncidentCamera): camera is InsideCamera => camera.vehicle !== undefined

const isRunning = (item: EvidenceItem): boolean =>
  item.origin !== undefined && item.kind === 'clip' && item.state === 'recording'

function mediaCameraOf({ cameraId, name, vehicle }: InsideCamera): MediaCamera {
  return { cameraId, name, mainUrl: vehicleCameraUrl(vehicle), preRollStream: 'main' }
}
