/** In-car video: the cameras of a vehicle that has pressed are asked for, kept known to the video plane while its incident is open, and ended with it. */
import type { Config } from '../config.ts'
import { type CameraId, type EvidenceId, type IncidentId, protocolOf, type SourceId } from '../core/brand.ts'
import type { CommandAnswer } from '../core/device-command.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media, MediaCamera, StreamHealth } from '../core/media.ts'
import type { Adapter, Clock, Log } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { type VehicleCamera, vehicleCameraUrl } from '../core/vehicle-camera.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { type InsideCamera, VehiclePlaces } from './vehicle-places.ts'

export interface VehicleVideoDeps {
  readonly config: Pick<Config, 'media'>
  readonly clock: Clock
  readonly log: Log
  readonly media: Pick<Media, 'vehiclePort' | 'health' | 'onHealth' | 'extend'>
  readonly cameras: { inVehicles(cameras: readonly MediaCamera[]): void }
  readonly incidents: {
    all(): Iterable<Incident>
    get(incidentId: IncidentId): Incident | undefined
    step(incidentId: IncidentId, step: Step, actor: { readonly kind: 'system' }): Promise<unknown>
  }
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
  /** Asks its cameras for their sound as well: a leader has approved it for this incident. */
  hear(incidentId: IncidentId, sourceId: SourceId): Promise<CommandAnswer>
}

/** A camera whose picture does not come, or has stopped, is asked for again so often. */
const AGAIN_MS = 15_000
/** Asked so often, by connection and by datagrams, without a picture: others come first. */
const MAX_ASKS = 3
/** The clip ends no earlier than the incident, within the bound of every clip. */
const EXTEND_MS = 30_000
const MAX_CLIP_MS = 15 * 60_000
/** A clip with sound that failed is begun anew after this, while the cabin can be heard: a disk that is full has no room a second later. */
const FAILED_AGAIN_MS = 5 * 60_000

export function createVehicleVideo(deps: VehicleVideoDeps): VehicleVideo {
  const { clock, log, media, cameras, incidents } = deps
  const { enabled, address, maxCameras, transport } = deps.config.media.vehicleVideo
  /** Asked and not ended, by camera. */
  const asked = new Map<CameraId, Asked>()
  /** Asked for their sound, by camera, for the incident that does not say so yet. */
  const hearing = new Map<CameraId, IncidentId>()
  /** Clips with sound that were begun and have not ended, by incident and camera; without an id none is to begin before its time. */
  const soundClips = new Map<string, { readonly id?: EvidenceId | undefined; readonly againMs?: number }>()
  /** Sound that comes and cannot be decoded, as told already, by incident and camera. */
  const unreadable = new Map<string, string>()

  /** What incidents want: in a storm nobody goes through all incidents for each change. */
  const places = new VehiclePlaces(maxCameras)

  /** A clip that was begun is in its incident a little later: what ends in between does not end its camera. */
  const isComing = (incident: Incident, { cameraId }: Pick<IncidentCamera, 'cameraId'>): boolean => {
    const begun = soundClips.get(`${incident.id} ${cameraId}`)?.id
    return begun !== undefined && !incident.evidence.some(item => item.id === begun)
  }

  /** True when something has changed. */
  const note = (incident: Incident): boolean => {
    const calling = isCalling(incident)
    const wants =
      calling || incident.evidence.some(isRunning) || incident.cameras.some(each => isComing(incident, each))
    const own = wants ? incident.cameras.filter(isInside) : []
    // A clip may run on to its end, but nobody's word lets a cabin be heard any longer than the incident is open.
    const inside: readonly InsideCamera[] = calling ? own : own.map(({ heard: _, ...camera }) => camera)
    const before = places.get(incident.id)?.cameras ?? []
    const { id: incidentId, priority, openedAtMs, presses } = incident
    let isNews = places.set({ incidentId, calling, priority, openedAtMs, presses, cameras: inside })
    const approved = new Set(inside.flatMap(({ cameraId, heard }) => (heard ? [cameraId] : [])))
    for (const [cameraId, heardIn] of hearing)
      if (heardIn === incidentId && (!calling || approved.has(cameraId))) {
        hearing.delete(cameraId)
        isNews = true
      }
    // Of an earlier word, before the incident was reopened, a clip may be there: it has nothing of what is heard now.
    for (const item of incident.evidence)
      if (item.heard && isRunning(item) && approved.has(item.cameraId))
        soundClips.set(`${incident.id} ${item.cameraId}`, { id: item.id })
      else if (item.heard && soundClips.get(`${incident.id} ${item.cameraId}`)?.id === item.id)
        soundClips.set(`${incident.id} ${item.cameraId}`, {
          againMs: clock.steady() + (item.state === 'failed' ? FAILED_AGAIN_MS : 0)
        })
    for (const { cameraId } of before)
      if (!approved.has(cameraId)) {
        if (!isComing(incident, { cameraId })) soundClips.delete(`${incident.id} ${cameraId}`)
        unreadable.delete(`${incident.id} ${cameraId}`)
      }
    return isNews
  }

  const order = async ({ vehicle, sound, udp }: Asked, on = true): Promise<CommandAnswer> => {
    const { channel, sourceId } = vehicle
    const port = media.vehiclePort()
    const adapter = deps.parts().find(part => part.name === protocolOf(vehicle.sourceId))?.adapter
    if (port === undefined || !adapter?.video) return { result: 'unsupported' }
    try {
      const answer = await adapter.video(sourceId, { channel, on, address, port, udp: on && udp, sound })
      if (answer.result !== 'done') log.warn({ ...vehicle, on, ...answer }, 'a vehicle was asked for its video in vain')
      return answer
    } catch (error) {
      log.warn({ err: error, ...vehicle }, 'a vehicle could not be asked for its video')
      return { result: 'noAnswer' }
    }
  }

  const review = (): void => {
    const now = places.held()
    const isNews =
      now.size !== asked.size || [...now.values()].some(each => asked.get(each.cameraId)?.sound !== isHeard(each))
    if (!isNews) return
    tell()
    for (const [cameraId, each] of asked)
      if (!now.has(cameraId)) {
        asked.delete(cameraId)
        hearing.delete(cameraId)
        void order(each, false)
      }
    for (const [cameraId, camera] of now) {
      const sound = isHeard(camera)
      const before = asked.get(cameraId)
      if (before?.sound === sound) continue
      const { vehicle } = camera
      void ask(cameraId, keep(cameraId, { came: false, asks: 1, udp: transport === 'udp', ...before, vehicle, sound }))
    }
  }

  /** A car that does not answer leaves its place to those that do. */
  const ask = async (cameraId: CameraId, now: Asked): Promise<void> => {
    const { result } = await order(now)
    if (!asked.has(cameraId)) return
    const before = places.away(cameraId)
    if (result !== 'done') places.mark(cameraId, isOnLine(now.vehicle) ? 'answer' : 'line')
    else if (before !== 'picture') places.mark(cameraId, undefined)
    if (places.away(cameraId) !== before) review()
  }

  /** One that has left its place for want of an answer: with the first one it is in its turn again, and what it sends meanwhile is ended. */
  const probe = async ({ cameraId, vehicle }: InsideCamera): Promise<void> => {
    const now = { vehicle, sound: false, udp: transport === 'udp', came: false, asks: 0 }
    const { result } = await order(now)
    if (result !== 'done' || places.away(cameraId) !== 'answer') return
    places.mark(cameraId, undefined)
    review()
    if (!asked.has(cameraId)) void order(now, false)
  }

  /** Which cars are there and which are not, as far as is known without asking them. */
  const lookAround = (live: ReadonlySet<CameraId>): void => {
    for (const { cameras: inside } of places.all())
      for (const { cameraId, vehicle } of inside) {
        const away = places.away(cameraId)
        if (live.has(cameraId)) places.mark(cameraId, undefined)
        else if (!isOnLine(vehicle)) places.mark(cameraId, 'line')
        else if (away === 'line') places.mark(cameraId, undefined)
        else if (!away && (asked.get(cameraId)?.asks ?? 0) >= MAX_ASKS) places.mark(cameraId, 'picture')
      }
  }

  /** A terminal that can be told something has a line. */
  const isOnLine = ({ sourceId }: VehicleCamera): boolean => {
    const adapter = deps.parts().find(part => part.name === protocolOf(sourceId))?.adapter
    return adapter?.commandsOf === undefined || adapter.commandsOf(sourceId).length > 0
  }

  const keep = (cameraId: CameraId, now: Asked): Asked => {
    asked.set(cameraId, now)
    return now
  }

  const isHeard = ({ cameraId, heard }: InsideCamera): boolean => heard === true || hearing.has(cameraId)

  const tell = (): void =>
    cameras.inVehicles([...places.held().values()].map(each => mediaCameraOf(each, isHeard(each))))

  /** Its sound is here: what is heard is also kept. A clip that runs has none from its beginning on and gets none. */
  const recordSound = ({ cameraId, sound }: StreamHealth): void => {
    if (sound === undefined || !asked.get(cameraId)?.sound) return
    for (const { incidentId, cameras: inside } of places.all()) {
      const camera = inside.find(each => each.cameraId === cameraId && each.heard)
      const incident = camera && incidents.get(incidentId)
      const key = `${incidentId} ${cameraId}`
      if (!incident || !isCalling(incident)) continue
      const { againMs = Number.POSITIVE_INFINITY } = soundClips.get(key) ?? { againMs: 0 }
      if (clock.steady() < againMs) continue
      soundClips.set(key, { id: deps.evidence().recordSound(incident, camera, clock.now() + EXTEND_MS) })
    }
  }

  /** Whoever waits to hear the cabin must not take a codec for silence: once for each coding of a camera. */
  const tellUnreadable = ({ cameraId, soundUnreadable }: StreamHealth): void => {
    if (soundUnreadable === undefined || !asked.get(cameraId)?.sound) return
    for (const { incidentId, cameras: inside } of places.all()) {
      const camera = inside.find(each => each.cameraId === cameraId && each.heard)
      const key = `${incidentId} ${cameraId}`
      if (!camera || unreadable.get(key) === soundUnreadable) continue
      unreadable.set(key, soundUnreadable)
      const data = { camera: camera.name, kind: 'clip', soundCodec: soundUnreadable }
      incidents
        .step(incidentId, { kind: 'remark', line: 'evidenceFailed', data }, { kind: 'system' })
        .catch(error =>
          log.warn({ err: error, camera: cameraId }, 'that its sound cannot be read was not put on record')
        )
    }
  }

  const again = (): void => {
    const live = new Set(
      media
        .health()
        .filter(each => each.state === 'live')
        .map(each => each.cameraId)
    )
    const before = [...asked.keys()]
    const isUnanswered = (each: InsideCamera): boolean =>
      places.away(each.cameraId) === 'answer' && !asked.has(each.cameraId)
    const unanswered = places.all().flatMap(({ cameras: inside }) => inside.filter(isUnanswered))
    lookAround(live)
    review()
    for (const cameraId of before) {
      const each = asked.get(cameraId)
      if (!each) continue
      const came = live.has(cameraId)
      // Datagrams that do not get through are no reason to see nothing: every second time it is a connection.
      const udp = transport === 'udp' && (came || each.came ? each.udp : !each.udp)
      const now = keep(cameraId, { ...each, came, udp, asks: came ? 0 : each.asks + 1 })
      if (!came) void ask(cameraId, now)
    }
    for (const each of unanswered.slice(0, maxCameras)) void probe(each)
    for (const incident of incidents.all()) if (places.get(incident.id) && isCalling(incident)) prolong(incident)
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
      const endHealth = media.onHealth(health => {
        recordSound(health)
        tellUnreadable(health)
      })
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
    async hear(incidentId, sourceId) {
      // Also those that were asked before: what came of it may not have got into the incident.
      const own = [...asked].filter(([, { vehicle }]) => vehicle.sourceId === sourceId)
      const answers = await Promise.all(
        own.map(async ([cameraId, each]) => {
          // The video plane first: a terminal may send before it answers.
          hearing.set(cameraId, incidentId)
          const now = keep(cameraId, { ...each, sound: true })
          tell()
          const answer = await order(now)
          if (answer.result === 'done') return answer
          hearing.delete(cameraId)
          const camera = places.held().get(cameraId)
          const still = asked.get(cameraId)
          if (still) keep(cameraId, { ...still, sound: camera?.heard === true })
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
  readonly udp: boolean
  /** Its picture has come this way: whatever is asked next goes the same. */
  readonly came: boolean
  /** How often it was asked since a picture was there. */
  readonly asks: number
}

const isInside = (camera: IncidentCamera): camera is InsideCamera => camera.vehicle !== undefined

const isRunning = (item: EvidenceItem): boolean =>
  item.origin !== undefined && item.kind === 'clip' && item.state === 'recording'

function mediaCameraOf({ cameraId, name, vehicle }: InsideCamera, audio: boolean): MediaCamera {
  return { cameraId, name, mainUrl: vehicleCameraUrl(vehicle), preRollStream: 'main', ...(audio ? { audio } : {}) }
}
