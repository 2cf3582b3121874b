/** Live video of patrols' phones: asked for by the floor, begun by the patrol's own press, known to the video plane only while it is sent, recorded for its incident, ended with the duty. */
import { id, type UnitId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import { isActive, isOpen } from '../core/lifecycle.ts'
import type { Media, MediaCamera } from '../core/media.ts'
import { phoneCameraId, phoneCameraUrl } from '../core/phone-camera.ts'
import type { PhoneVideo, PhoneVideoEnd } from '../core/phone-video.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, Commit } from '../core/store.ts'
import type { CameraRow, Unit } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Units } from '../dispatch/units.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR, unitScope } from '../feed/project.ts'
import type { PhoneVideoRooms } from '../http/phone-video-ports.ts'
import type { Incidents } from '../incident/incidents.ts'

export interface PhoneVideoDeps {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly hub: Pick<Hub, 'broadcast'>
  readonly units: Pick<Units, 'get' | 'dutyOf' | 'activeOrder'>
  readonly incidents: Pick<Incidents, 'get'>
  readonly media: Pick<Media, 'sendTicket' | 'health'>
  readonly cameras: { onPhones(cameras: readonly MediaCamera[]): void }
  readonly evidence: Pick<Evidence, 'record'>
}

export interface PhoneVideoDesk {
  readonly rooms: PhoneVideoRooms
  all(): readonly PhoneVideo[]
  ofUnit(unitId: UnitId): PhoneVideo | undefined
  /** While it is sent: as public as the street that it shows, for whoever may see cameras; each look is audited as of any camera. */
  camera(cameraId: string): Pick<CameraRow, 'id' | 'name' | 'ownership' | 'vehicle'> | undefined
  stop(): void
}

/** Asked and sent at once. */
const MAX_AT_ONCE = 9
const ANSWER_WITHIN_MS = 60_000
/** Without a picture for so long it is over: the phone is gone, or in a pocket. */
const NO_PICTURE_MS = 60_000
const MAX_MS = 2 * 3_600_000
const LOOK_MS = 1_000
/** The clip ends so long after the last second that is known to be sent. */
const RECORD_MS = 20_000

export function createPhoneVideo(deps: PhoneVideoDeps): PhoneVideoDesk {
  const { clock, log, units, incidents, media } = deps
  const serial = createSerial()
  const videos = new Map<UnitId, PhoneVideo>()
  const live = () => [...videos.values()].filter(({ state }) => state === 'live')

  const put = (unitId: UnitId, video: PhoneVideo | undefined): void => {
    const wasLive = videos.get(unitId)?.state === 'live'
    if (video) videos.set(unitId, video)
    else videos.delete(unitId)
    if (wasLive !== (video?.state === 'live')) deps.cameras.onPhones(live().map(mediaCameraOf))
    deps.hub.broadcast(unitScope(unitId), { type: 'phoneVideo', video: video ?? null })
    deps.hub.broadcast(FLOOR, { type: 'phoneVideos', videos: [...videos.values()] })
  }
  const record = async (who: string, action: string, video: PhoneVideo, more: AuditEntry['detail'] = {}) => {
    const detail = { ...(video.incident ? { incidentId: video.incident.id } : {}), ...more }
    const entry = { atMs: clock.now(), who, action: `phoneVideo.${action}`, object: `unit:${video.unitId}`, detail }
    const result = await deps.commit({ audit: [{ ...entry, outcome: 'done' }] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const refused = async (user: SessionUser, action: string, unitId: string, why: string): Promise<never> => {
    const entry = { atMs: clock.now(), who: personOf(user), action: `phoneVideo.${action}`, object: `unit:${unitId}` }
    await deps.commit({ audit: [{ ...entry, outcome: 'refused', reason: why }] })
    throw new GatewayError('PHONE_VIDEO_REFUSED', { why })
  }
  /** Whatever cannot be put on record, a picture is not sent on for it. */
  const finish = async (video: PhoneVideo, how: PhoneVideoEnd, who = 'system'): Promise<void> => {
    if (videos.get(video.unitId) !== video) return
    put(video.unitId, undefined)
    await record(who, 'end', video, { how }).catch(error =>
      log.error({ err: error, unit: video.unitId }, 'the end of a phone’s video was not put on record')
    )
  }

  const whyNotAsked = (unit: Unit, incident: Incident | undefined, user: SessionUser): string | undefined => {
    const sent = incident?.assignments.some(each => each.unitId === unit.id && isActive(each)) ?? false
    const own = sent && incident?.owner?.userId === user.userId
    if (user.role !== 'leader' && !own) return 'the unit was not sent to an incident of yours'
    if (unit.state === 'offDuty') return 'the unit is off duty'
    if (videos.has(unit.id)) return 'it is asked already'
    return videos.size >= MAX_AT_ONCE ? 'too many phones at once' : undefined
  }
  const ask = async (unitId: string, wanted: string | undefined, user: SessionUser): Promise<PhoneVideo> => {
    const unit = units.get(id<UnitId>(unitId))
    if (!unit) throw new GatewayError('NOT_FOUND', { unit: unitId })
    const order = units.activeOrder(unit.id)?.incidentId
    const incident = incidents.get(id(wanted ?? order ?? ''))
    if (wanted !== undefined && !incident) throw new GatewayError('NOT_FOUND', { incident: wanted })
    const why = whyNotAsked(unit, incident, user)
    if (why) return refused(user, 'ask', unit.id, why)
    const video: PhoneVideo = {
      ...{ unitId: unit.id, unitName: unit.name, cameraId: phoneCameraId(unit.id), state: 'asked' },
      ...{ sinceMs: clock.now(), askedBy: user.name },
      ...(incident ? { incident: { id: incident.id, number: incident.number } } : {})
    }
    await record(personOf(user), 'ask', video)
    put(unit.id, video)
    return video
  }

  const ownOf = (user: SessionUser): PhoneVideo | undefined => user.unitId && videos.get(user.unitId)
  const isOnDuty = ({ unitId }: PhoneVideo, userId: string): boolean =>
    units.dutyOf(unitId)?.members.some(each => each.userId === userId) ?? false
  const start = async (user: SessionUser, by: 'press' | 'itself') => {
    const video = ownOf(user)
    if (!video) return refused(user, 'start', user.unitId ?? '', 'nobody asks for it')
    if (!isOnDuty(video, user.userId)) return refused(user, 'start', video.unitId, 'only whoever is on duty sends')
    const userId = id<UserId>(user.userId)
    if (video.carrier && video.carrier.userId !== userId)
      return refused(user, 'start', video.unitId, 'somebody else of the team sends')
    if (video.state === 'asked' && by === 'itself')
      return refused(user, 'start', video.unitId, 'only a press begins it')
    if (video.state === 'asked') {
      await record(personOf(user), 'start', video)
      // Taken back while it was written down.
      if (videos.get(video.unitId) !== video)
        throw new GatewayError('PHONE_VIDEO_REFUSED', { why: 'nobody asks for it' })
      put(video.unitId, { ...video, state: 'live', sinceMs: clock.now(), carrier: { userId, name: user.name } })
    }
    return media.sendTicket(video.cameraId, userId)
  }

  const endOf = (video: PhoneVideo): PhoneVideoEnd | undefined => {
    const nowMs = clock.now()
    const ageMs = nowMs - video.sinceMs
    if (video.state === 'asked') return ageMs > ANSWER_WITHIN_MS ? 'notAnswered' : undefined
    if (!video.carrier || !isOnDuty(video, video.carrier.userId)) return 'offDuty'
    if (ageMs > MAX_MS) return 'limit'
    const { lastFrameAtMs = 0 } = healthOf(video) ?? {}
    return nowMs - Math.max(video.sinceMs, lastFrameAtMs) > NO_PICTURE_MS ? 'noPicture' : undefined
  }
  const healthOf = ({ cameraId }: PhoneVideo) => media.health().find(each => each.cameraId === cameraId)
  const cancel = clock.every(LOOK_MS, () => {
    for (const video of [...videos.values()]) {
      const how = endOf(video)
      if (how) {
        void finish(video, how)
        continue
      }
      const incident = video.incident && incidents.get(video.incident.id)
      if (video.state !== 'live' || !incident || !isOpen(incident) || healthOf(video)?.state !== 'live') continue
      deps.evidence.record(incident, { cameraId: video.cameraId, name: video.unitName }, clock.now() + RECORD_MS)
    }
  })

  return {
    rooms: {
      ask: (unitId, { incidentId }, user) => serial.run(unitId, () => ask(unitId, incidentId, user)),
      async end(unitId, user) {
        const video = videos.get(id<UnitId>(unitId))
        if (!video) throw new GatewayError('NOT_FOUND', { unit: unitId })
        // It may be evidence: for whoever may ask, and nobody else on the floor.
        const owner = video.incident && incidents.get(video.incident.id)?.owner
        if (user.role !== 'leader' && owner?.userId !== user.userId)
          return refused(user, 'end', video.unitId, 'only the owner of its incident or a leader ends it')
        await finish(video, 'floor', personOf(user))
      },
      start: user => serial.run(user.unitId ?? '', () => start(user, 'press')),
      again: user => serial.run(user.unitId ?? '', () => start(user, 'itself')),
      async stop(user) {
        const video = ownOf(user)
        if (!video) return
        await finish(video, video.state === 'asked' ? 'declined' : 'patrol', personOf(user))
      }
    },
    all: () => [...videos.values()],
    ofUnit: unitId => videos.get(unitId),
    camera(cameraId) {
      const video = live().find(each => each.cameraId === cameraId)
      return video && { id: video.cameraId, name: video.unitName, ownership: 'public' }
    },
    stop: cancel
  }
}

function mediaCameraOf({ cameraId, unitId, unitName }: PhoneVideo): MediaCamera {
  return { cameraId, name: unitName, mainUrl: phoneCameraUrl(unitId), preRollStream: 'main' }
}
