/** Joins recordings with the house: the catalogue on its thread, orders to the workers, notices, and who may see what is there. */
import { mkdir, statfs } from 'node:fs/promises'
import { cameraViewed } from '../access/audit.ts'
import { mayView, opensTo } from '../access/camera-access.ts'
import type { Config } from '../config.ts'
import { type CameraId, type IncidentId, id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { RecordingHold } from '../core/recording.ts'
import type { Commit, Store } from '../core/store.ts'
import type { CameraRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import type { RecordingRooms } from '../http/ports.ts'
import { streamFolder } from '../media/record/layout.ts'
import { createRecordings, type Recordings } from '../recording/recordings.ts'
import { openLateStore } from '../storage/recordings/late-store.ts'
import { openRecordingStore } from '../storage/recordings/store.ts'
import type { KeepTime } from './keep-time.ts'
import type { Notices } from './notices.ts'

export interface RecordingRoomDeps {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** Of this moment. */
  cameras(): readonly CameraRow[]
  camera(cameraId: CameraId): CameraRow | undefined
  readonly media: Pick<Media, 'record' | 'adopt' | 'onRecorded' | 'health'>
  readonly incidents: { get(incidentId: IncidentId): Incident | undefined; all(): Iterable<Incident> }
  readonly store: Pick<Store, 'incident'>
  readonly commit: Commit
  readonly notices: Notices
  readonly keepTime: Pick<KeepTime, 'now'>
  /** What must not be removed; see Holds. */
  holds(): Promise<readonly RecordingHold[]>
  /** A demonstration keeps what its small quota holds, and says nothing of the law. */
  readonly demo: boolean
}

export interface RecordingRoom {
  readonly recordings: Recordings
  readonly rooms: RecordingRooms
  stop(): Promise<void>
}

/** One audit entry stands for a stretch of looking at the same timeline. */
const LOOK_MS = 600_000
const MAX_LOOKS = 1000

/** A catalogue that cannot be opened, or breaks, becomes a notice; cameras record meanwhile, and nothing is removed. */
export async function createRecordingRoom(deps: RecordingRoomDeps): Promise<RecordingRoom> {
  const { config, clock, log, notices } = deps
  const { recording } = config.media
  let recordings: Recordings | undefined
  const store = await openLateStore({
    clock,
    async open(died) {
      await mkdir(recording.dir, { recursive: true, mode: 0o750 })
      return openRecordingStore({
        dir: config.storage.dir,
        recordingsDir: recording.dir,
        folderOf: (cameraId, stream) => streamFolder(recording.dir, cameraId, stream),
        died
      })
    },
    tell(error) {
      if (error === undefined) {
        recordings?.catalogueOpened()
        return notices.clear('recordingsDown')
      }
      log.error({ error }, 'the catalogue of recordings cannot be used; opened again')
      notices.set('recordingsDown', { level: 'critical', code: 'recordingsDown', data: { error } })
    }
  })
  const room = createRecordings({
    clock,
    log,
    timeZone: config.site.timeZone,
    settings: recording,
    eventTimes: config.media,
    cameras: deps.cameras,
    store,
    media: deps.media,
    incidents: deps.incidents.all,
    keepNow: deps.keepTime.now,
    async freeBytes() {
      const { bavail, bsize } = await statfs(recording.dir)
      return bavail * bsize
    },
    holds: deps.holds,
    tell(what, data) {
      const level = what === 'recordingFull' ? 'critical' : 'warning'
      if (data && !(deps.demo && what === 'recordingShort')) notices.set(what, { level, code: what, data })
      else notices.clear(what)
    }
  })
  recordings = room
  return {
    recordings: room,
    rooms: roomsOf(deps, room),
    async stop() {
      await room.stop()
      await store.close()
    }
  }
}

function roomsOf(deps: RecordingRoomDeps, recordings: Recordings): RecordingRooms {
  const looks = new Map<string, number>()
  const audited = async (cameraId: CameraId, user: SessionUser, reason?: string, incidentId?: IncidentId) => {
    const camera = deps.camera(cameraId)
    if (!camera) throw new GatewayError('NOT_FOUND', { camera: cameraId.slice(0, 80) })
    const nowMs = deps.clock.now()
    const decision = mayView(camera, user, await near(deps, cameraId, incidentId, user), reason)
    const key = JSON.stringify([user.userId, cameraId, decision])
    if (nowMs - (looks.get(key) ?? 0) >= LOOK_MS || !decision.ok) {
      const entry = { ...cameraViewed(nowMs, user, cameraId, decision), action: 'recordingList' }
      await deps.commit({ audit: [entry] })
      if (looks.size >= MAX_LOOKS) looks.clear()
      looks.set(key, nowMs)
    }
    if (!decision.ok) throw new GatewayError(decision.code, { camera: camera.name })
  }
  return {
    overview: () => recordings.overview(),
    async timeline(cameraId, query, user) {
      const { fromMs, toMs, reason, incidentId } = query
      await audited(cameraId, user, reason, incidentId === undefined ? undefined : id<IncidentId>(incidentId))
      return recordings.timeline(cameraId, fromMs, toMs)
    }
  }
}

/** Open alarms near the camera, and the one that is named, also when it is closed. */
async function near(
  { incidents, store }: RecordingRoomDeps,
  cameraId: CameraId,
  named: IncidentId | undefined,
  user: SessionUser
): Promise<readonly IncidentId[]> {
  const lists = (incident: Incident) =>
    laneOf(incident) === 'alarm' && incident.cameras.some(each => each.cameraId === cameraId) && opensTo(incident, user)
  const open = [...incidents.all()].filter(incident => isOpen(incident) && lists(incident)).map(each => each.id)
  const incident = named && (incidents.get(named) ?? (await store.incident(named)))
  return incident && lists(incident) ? [incident.id, ...open] : open
}
