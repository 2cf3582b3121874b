/** In-car video: the cameras of a vehicle that has pressed are asked for, kept known to the video plane while its incident is open, and ended with it. */
import type { Config } from '../config.ts'
import { type CameraId, type IncidentId, protocolOf, type SourceId } from '../core/brand.ts'
import type { CommandAnswer } from '../core/device-command.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media, MediaCamera, StreamHealth } from '../core/media.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import { type VehicleCamera, vehicleCameraId, vehicleCameraUrl } from '../core/vehicle-camera.ts'
import type { Evidence } from '../evidence/evidence.ts'

export interface VehicleVideoDeps {
  readonly config: Pick<Config, 'media'>
  readonly clock: Clock
  readonly log: Log
  readonly media: Pick<Media, 'vehiclePort' | 'health' | 'onHealth' | 'extend'>
  readonly cameras: { inVehicles(cameras: readonly MediaCamera[]): void }
  readonly incidents: { all(): Iterable<Incident>; get(incidentId: IncidentId): Incident | undefined }
  /** Begins clips with the sound that comes now. */
  evidence(): Pick<Evidence, 'recordSound'>
  parts(): readonly { readonly name: string; readonly adapter: Adapter }[]
}

export interface VehicleVideo {
  /** With every change of an incident, before its recordings begin. */
  incidentChanged(after: Incident, before: Incident | undefined): void
  /** Takes up what was open before the start; asks again for what does not come. */
  start(): () => void
  /** Whether its cameras can be heard and are not yet. */
  offered(incident: Incident, sourceId: SourceId): boolean
  /** Asks its cameras for their sound as well: a leader has approved it. */
  hear(sourceId: SourceId): Promise<CommandAnswer>
}

/** A camera whose picture does not come, or has stopped, is asked for again so often. */
const AGAIN_MS = 15_000
/** The clip ends no earlier than the incident, within the bound of every clip. */
const EXTEND_MS = 30_000
const MAX_CLIP_MS = 15 * 60_000

export function createVehicleVideo(deps: VehicleVideoDeps): VehicleVideo {
  const { clock, log, media, cameras, incidents } = deps
  const { enabled, address, maxCameras, transport } = deps.config.media.vehicleVideo
  /** Asked and not ended, by camera, and whether with sound. */
  const asked = new Map<string, Asked>()
  /** Asked for their sound, of which the incident does not say so yet. */
  const hearing = new Set<string>()
  /** Clips with sound that were begun, by incident and camera. */
  const soundClips = new Set<string>()
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
    for (const { cameraId, heard } of inside) if (heard) hearing.delete(cameraId)
    for (const { cameraId, heard } of incident.evidence)
      if (heard && wants) soundClips.add(`${incident.id} ${cameraId}`)
    if (!wants) for (const { cameraId } of before) soundClips.delete(`${incident.id} ${cameraId}`)
    return (
      inside.length !== before.length ||
      inside.some((each, n) => each.cameraId !== before[n]?.cameraId || each.heard !== before[n]?.heard)
    )
  }

  /** The first of them: whoever is asked stays asked, the next ones follow when one ends. */
  const wanted = (): ReadonlyMap<string, InsideCamera> => {
    const found = new Map<string, InsideCamera>()
    for (const cameras of wanting.values())
      for (const each of cameras) {
        const known = found.get(each.cameraId)
        if (!known && found.size >= maxCameras) return found
        if (!known || each.heard) found.set(each.cameraId, each)
      }
    return found
  }

  /** Datagrams that do not get through are no reason to see nothing: every second time it is a connection. */
  const byUdp = (cameraId: string): boolean => {
    const attempt = attempts.get(cameraId) ?? 0
    attempts.set(cameraId, attempt + 1)
    return transport === 'udp' && attempt % 2 === 0
  }

  const order = async (vehicle: VehicleCamera, on: boolean, sound: boolean): Promise<CommandAnswer> => {
    const { channel, sourceId } = vehicle
    const cameraId = vehicleCameraId(vehicle)
    const udp = on && byUdp(cameraId)
    if (!on) attempts.delete(cameraId)
    const port = media.vehiclePort()
    const adapter = deps.parts().find(part => part.name === protocolOf(vehicle.sourceId))?.adapter
    if (port === undefined || !adapter?.video) return { result: 'unsupported' }
    try {
      const answer = await adapter.video(sourceId, { channel, on, address, port, udp, sound })
      if (answer.result !== 'done') log.warn({ ...vehicle, on, ...answer }, 'a vehicle was asked for its video in vain')
      return answer
    } catch (error) {
      log.warn({ err: error, ...vehicle }, 'a vehicle could not be asked for its video')
      return { result: 'noAnswer' }
    }
  }

  const review = (): void => {
    const now = wanted()
    const isNews =
      now.size !== asked.size || [...now.values()].some(each => asked.get(each.cameraId)?.sound !== isHeard(each))
    if (!isNews) return
    tell()
    for (const [cameraId, { vehicle, sound }] of asked)
      if (!now.has(cameraId)) {
        asked.delete(cameraId)
        hearing.delete(cameraId)
        void order(vehicle, false, sound)
      }
    for (const [cameraId, camera] of now) {
      const sound = isHeard(camera)
      if (asked.get(cameraId)?.sound === sound) continue
      asked.set(cameraId, { vehicle: camera.vehicle, sound })
      void order(camera.vehicle, true, sound)
    }
  }

  const isHeard = ({ cameraId, heard }: InsideCamera): boolean => heard === true || hearing.has(cameraId)

  const tell = (): void => cameras.inVehicles([...wanted().values()].map(each => mediaCameraOf(each, isHeard(each))))

  /** Its sound is here: what is heard is also kept. A clip that runs has none from its beginning on and gets none. */
  const recordSound = ({ cameraId, sound }: StreamHealth): void => {
    if (sound === undefined || !asked.get(cameraId)?.sound) return
    for (const [incidentId, inside] of wanting) {
      const camera = inside.find(each => each.cameraId === cameraId && each.heard)
      const incident = camera && incidents.get(incidentId)
      const key = `${incidentId} ${cameraId}`
      if (!incident || !isCalling(incident) || soundClips.has(key)) continue
      soundClips.add(key)
      deps.evidence().recordSound(incident, camera, clock.now() + EXTEND_MS)
    }
  }

  const again = (): void => {
    const live = new Set(
      media
        .health()
        .filter(each => each.state === 'live')
        .map(each => each.cameraId as string)
    )
    for (const [cameraId, { vehicle, sound }] of asked) {
      if (live.has(cameraId)) attempts.delete(cameraId)
      else void order(vehicle, true, sound)
    }
    for (const incident of incidents.all()) if (wanting.has(incident.id) && isCalling(incident)) prolong(incident)
  }

  const prolong = (incident: Incident): void => {
    const heard = new Set<CameraId>()
    for (const item of incident.evidence) if (item.heard && isRunning(item)) heard.add(item.cameraId)
    // Where one with sound runs, the silent one beside it may end.
    for (const item of incident.evidence)
      if (
        isRunning(item) &&
        (item.heard || !heard.has(item.cameraId)) &&
        clock.now() - item.requestedFromMs < MAX_CLIP_MS
      )
        media.extend(item.id, clock.now() + EXTEND_MS)
  }

  if (!enabled)
    return {
      ...{ incidentChanged: () => undefined, start: () => () => undefined },
      ...{ offered: () => false, hear: async () => ({ result: 'unsupported' }) }
    }
  return {
    incidentChanged(after) {
      if (note(after)) review()
    },
    start() {
      for (const incident of incidents.all()) note(incident)
      review()
      const endHealth = media.onHealth(recordSound)
      const endAgain = clock.every(AGAIN_MS, again)
      return () => {
        endHealth()
        endAgain()
      }
    },
    offered: (incident, sourceId) =>
      isCalling(incident) &&
      incident.cameras.some(
        each => isInside(each) && each.vehicle.sourceId === sourceId && asked.has(each.cameraId) && !each.heard
      ),
    async hear(sourceId) {
      const own = [...asked].filter(([, { vehicle, sound }]) => vehicle.sourceId === sourceId && !sound)
      const answers = await Promise.all(
        own.map(async ([cameraId, { vehicle }]) => {
          // The video plane first: a terminal may send before it answers.
          hearing.add(cameraId)
          asked.set(cameraId, { vehicle, sound: true })
          tell()
          const answer = await order(vehicle, true, true)
          if (answer.result === 'done') return answer
          hearing.delete(cameraId)
          if (asked.has(cameraId)) asked.set(cameraId, { vehicle, sound: false })
          tell()
          return answer
        })
      )
      return answers.find(({ result }) => result === 'done') ?? answers[0] ?? { result: 'unsupported' }
    }
  }
}

const isCalling = (incident: Incident): boolean => isOpen(incident) && laneOf(incident) === 'alarm'

interface Asked {
  readonly vehicle: VehicleCamera
  readonly sound: boolean
}

type InsideCamera = IncidentCamera & { readonly vehicle: VehicleCamera }

const isInside = (camera: IncidentCamera): camera is InsideCamera => camera.vehicle !== undefined

const isRunning = (item: EvidenceItem): boolean =>
  item.origin !== undefined && item.kind === 'clip' && item.state === 'recording'

function mediaCameraOf({ cameraId, name, vehicle }: InsideCamera, audio: boolean): MediaCamera {
  return { cameraId, name, mainUrl: vehicleCameraUrl(vehicle), preRollStream: 'main', ...(audio ? { audio } : {}) }
}
