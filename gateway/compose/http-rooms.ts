/** The house as the HTTP side sees it: reads from the rooms, tickets and commands with their audit entry written first. */

import { readFileSync } from 'node:fs'
import type { Access } from '../access/access.ts'
import { cameraViewed } from '../access/audit.ts'
import { mayView, mayViewInFleet, opensTo } from '../access/camera-access.ts'
import type { Config } from '../config.ts'
import { id, type UnitId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { type GeoPoint, isPlausible } from '../core/geo.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Media } from '../core/media.ts'
import type { Clock } from '../core/ports.ts'
import { similarTo } from '../core/similar.ts'
import type { Commit, Store } from '../core/store.ts'
import type { UnitRow } from '../core/unit.ts'
import { isOfUnit, isUnderWay } from '../core/unit-message.ts'
import type { DemoPress, Diagnostics, MapInfo, PatrolSnapshot, SessionUser, Ticket } from '../core/wire.ts'
import type { Dispatch } from '../dispatch/dispatch.ts'
import type { Patrol } from '../dispatch/patrol.ts'
import type { Units } from '../dispatch/units.ts'
import { taskOf } from '../feed/project.ts'
import type { HttpRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { Records } from '../registry/records.ts'
import type { Registry } from '../registry/registry.ts'
import type { Act } from './actions.ts'
import { calloutDelays } from './callouts.ts'
import { type CameraDeskDeps, createCameraDesk } from './camera-desk.ts'
import type { Cameras } from './cameras.ts'
import { createEarlier } from './earlier.ts'
import { createLines } from './lines.ts'
import { createMapAnswer } from './map-answer.ts'
import { createMapFind } from './map-find.ts'
import { createPatrolWay } from './patrol-way.ts'
import type { PhoneVideoDesk } from './phone-video.ts'
import { createPhrases } from './phrases.ts'
import type { PositionReads } from './position-reads.ts'
import { hearsCamera, opensCamera } from './private-looks.ts'
import type { Passing } from './route-desk.ts'
import type { StoreWatch } from './store-watch.ts'
import { createTiles } from './tiles.ts'
import { createUnitDesk } from './unit-desk.ts'
import { createUserDesk } from './user-desk.ts'
import type { Work } from './work.ts'

export interface HttpRoomsDeps {
  readonly config: Config
  readonly clock: Clock
  readonly store: Store
  readonly commit: Commit
  readonly access: Access
  readonly registry: Registry
  readonly cameras: Cameras
  readonly units: Units
  readonly patrol: Patrol
  readonly media: Pick<Media, 'liveTicket' | 'fileTicket'>
  readonly incidents: Pick<Incidents, 'get' | 'all' | 'refuse'>
  readonly act: Act
  readonly map: MapInfo
  readonly work: Pick<Work, 'categories' | 'rooms'>
  readonly demoPress?: (press: DemoPress) => Promise<unknown>
  readonly ranking: HttpRooms['ranking']
  readonly dispatch: Pick<Dispatch, 'ways' | 'wayTo'>
  readonly positionReads: Pick<PositionReads, 'read'>
  readonly watch: Pick<StoreWatch, 'writable'>
  readonly nearNow: HttpRooms['nearNow']
  diagnostics(): Promise<Diagnostics>
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  readonly refused: HttpRooms['refused']
  readonly wall: HttpRooms['wall']
  readonly playback: HttpRooms['playback']
  readonly evidence: HttpRooms['evidence']
  /** On record in custody and audit when it resolves. */
  viewed(item: EvidenceItem, user: SessionUser): Promise<void>
  readonly recordings: HttpRooms['recordings']
  readonly cameraHealth: HttpRooms['cameraHealth']
  readonly deviceCommands: HttpRooms['deviceCommands']
  readonly locators: HttpRooms['locators']
  readonly voice: HttpRooms['voice']
  readonly talk: HttpRooms['talk']
  readonly sources: HttpRooms['sources']
  readonly registrations: HttpRooms['registrations']
  readonly subjects: HttpRooms['subjects']
  readonly groups: HttpRooms['groups']
  readonly grid: HttpRooms['grid']
  readonly tokens: HttpRooms['tokens']
  readonly unitRecords: Records<UnitRow>
  readonly cameraRecords: CameraDeskDeps['cameraRecords']
  readonly latest: CameraDeskDeps['latest']
  readonly credential: CameraDeskDeps['credential']
  readonly hub: CameraDeskDeps['hub']
  readonly patrolRoutes: HttpRooms['patrolRoutes']
  readonly passing: Passing
  readonly outwards: HttpRooms['outwards']
  readonly runSettings: HttpRooms['runSettings']
  readonly reports: HttpRooms['reports']
  readonly board: HttpRooms['board']
  readonly groupCalls: HttpRooms['groupCalls']
  readonly print: HttpRooms['print']
  readonly searches: HttpRooms['searches']
  readonly phoneVideo: Pick<PhoneVideoDesk, 'rooms' | 'camera'>
  readonly photos: HttpRooms['photos']
}

const NOT_HEARD = { ok: false, code: 'NOT_ALLOWED' } as const

export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

export function createHttpRooms(deps: HttpRoomsDeps): HttpRooms {
  const { config, clock, store, incidents } = deps
  return {
    site: () => ({
      name: config.site.name,
      centre: config.site.centre,
      version: VERSION,
      timeZone: config.site.timeZone,
      demo: deps.demoPress !== undefined,
      serverTimeMs: clock.now(),
      stores: deps.watch.writable,
      seats: Array.from({ length: config.site.seats }, (_, n) => ({
        seat: n + 1,
        taken: deps.access.takenSeats().has(n + 1)
      }))
    }),
    map: createMapAnswer(deps.map, () => deps.registry.data.gridCells),
    tile: createTiles(config.registry.tiles.url),
    settings: () => ({
      timers: config.incidents.timers,
      preRollMs: config.media.preRollMs,
      postRollMs: config.media.postRollMs,
      categories: deps.work.categories.rows,
      callout: calloutDelays(config),
      handOverRoutes: config.incidents.handOver.routes,
      classRule: config.dispatch.bySystem,
      webrtc: config.media.webrtc.enabled
    }),
    cameras: () => deps.cameras.all(),
    incident: async incidentId => incidents.get(incidentId) ?? store.incident(incidentId),
    recentIncidents: query => store.recentIncidents(query),
    timeline: incidentId => store.timeline(incidentId),
    ...{ ranking: deps.ranking, nearNow: deps.nearNow },
    async ways(user) {
      await deps.positionReads.read(user, 'units')
      return deps.dispatch.ways()
    },
    similar: incident => similarTo(incident, incidents.all()),
    act: deps.act,
    async cameraTicket(cameraId, { stream, audio = false, webrtc: wished = false, reason }, user) {
      if (wished && !config.media.webrtc.enabled) throw new GatewayError('WEBRTC_OFF')
      // Sound has a connection of its own, whatever the picture comes by.
      const webrtc = wished && !audio
      const camera = deps.registry.camera(cameraId) ?? deps.phoneVideo.camera(cameraId)
      if (!camera) throw new GatewayError('NOT_FOUND', { camera: cameraId })
      const ofFleet = user.role === 'taxiDispatcher'
      const isTheirs = (each: Incident) => !ofFleet || (user.fleetId && each.subject.fleetId === user.fleetId)
      const near = () =>
        [...incidents.all()]
          .filter(each => opensCamera(each, cameraId) && opensTo(each, user) && isTheirs(each))
          .map(each => each.id)
      // The cabin of a car is heard by the floor alone.
      const mayHear = !camera.vehicle || (!ofFleet && [...incidents.all()].some(each => hearsCamera(each, cameraId)))
      const allowed = ofFleet ? mayViewInFleet(camera, user, near()) : mayView(camera, user, near(), reason)
      const decision = allowed.ok && audio && !mayHear ? NOT_HEARD : allowed
      await deps.commit({ audit: [cameraViewed(clock.now(), user, cameraId, decision, { audio, webrtc })] })
      // Whoever may not look at all learns no name: that of a private camera says whose it is, that of a cabin which car.
      if (!decision.ok) {
        const isNamed = !ofFleet && decision.code !== 'NOT_ALLOWED'
        throw new GatewayError(decision.code, { camera: isNamed ? camera.name : cameraId })
      }
      // It may have ended while the look was written down.
      if (decision.basis === 'incident' && near().length === 0)
        throw new GatewayError('CAMERA_CLOSED', { camera: camera.name })
      const userId = id<UserId>(user.userId)
      return deps.media.liveTicket(cameraId, stream, userId, decision.basis === 'incident', audio, webrtc)
    },
    evidenceTicket: (evidenceId, user, reason) => evidenceTicket(deps, evidenceId, user, reason),
    patrolWay: createPatrolWay({ ...deps, ...deps.dispatch }),
    patrolState: user => patrolState(deps, unitOf(user)),
    patrolCommands: (user, commands) =>
      deps.patrol.apply(
        { userId: id<UserId>(user.userId), login: user.login, name: user.name, unitId: unitOf(user) },
        commands
      ),
    patrolPosition(user, position) {
      const point: GeoPoint = { lat: position.lat, lon: position.lon, datum: 'wgs84' }
      if (!isPlausible(point)) throw new GatewayError('BODY_INVALID', { field: 'lat, lon' })
      const { atMs, headingDeg, speedKmh, accuracyM } = position
      const kept = deps.units.setPosition(unitOf(user), { point, atMs, headingDeg, speedKmh, accuracyM })
      if (kept) deps.passing(unitOf(user), point, accuracyM, user)
      return kept
    },
    diagnostics: deps.diagnostics,
    audit: limit => store.auditTail(limit),
    metrics: deps.metrics,
    refused: deps.refused,
    demoPress: deps.demoPress,
    wall: deps.wall,
    playback: deps.playback,
    evidence: deps.evidence,
    recordings: deps.recordings,
    cameraHealth: deps.cameraHealth,
    deviceCommands: deps.deviceCommands,
    locators: deps.locators,
    phrases: createPhrases(deps),
    earlier: createEarlier(deps),
    lines: createLines(deps),
    voice: deps.voice,
    talk: deps.talk,
    sources: deps.sources,
    registrations: deps.registrations,
    subjects: deps.subjects,
    outwards: deps.outwards,
    runSettings: deps.runSettings,
    ...{ reports: deps.reports, board: deps.board, print: deps.print, searches: deps.searches },
    ...{ groupCalls: deps.groupCalls, phoneVideo: deps.phoneVideo.rooms, photos: deps.photos },
    users: createUserDesk(deps),
    cameraRecords: createCameraDesk(deps),
    tokens: deps.tokens,
    mapFind: createMapFind(deps),
    ...{ groups: deps.groups, grid: deps.grid },
    patrolRoutes: deps.patrolRoutes,
    units: createUnitDesk({ ...deps, timeZone: config.site.timeZone }),
    work: deps.work.rooms
  }
}

function unitOf(user: SessionUser): UnitId {
  if (user.unitId === undefined) throw new GatewayError('NOT_ALLOWED', { why: 'this person belongs to no team' })
  return user.unitId
}

export function patrolState(deps: Pick<HttpRoomsDeps, 'units' | 'incidents'>, unitId: UnitId): PatrolSnapshot {
  const unit = deps.units.get(unitId)
  if (!unit) throw new GatewayError('NOT_FOUND', { unit: unitId })
  const order = deps.units.activeOrder(unitId)
  const incident = order && deps.incidents.get(order.incidentId)
  return { unit, tasks: incident && order ? [taskOf(incident, order.assignment)] : [] }
}

/** A photo that somebody sent is of the units that it was sent to or came from. */
function isOfPatrol(
  { assignments, messages = [] }: Incident,
  { id: item, kind }: EvidenceItem,
  unitId?: string
): boolean {
  if (unitId === undefined || kind === 'clip' || kind === 'voice') return false
  const told = () => messages.some(each => each.photo?.id === item && isOfUnit(each, id<UnitId>(unitId)))
  return assignments.some(each => each.unitId === unitId && isUnderWay(each)) && (kind !== 'photo' || told())
}

/** A patrol sees stills and the recorded seconds of its own order, and the photos of its own messages. */
async function evidenceTicket(
  deps: HttpRoomsDeps,
  evidenceId: string,
  user: SessionUser,
  reason: string | undefined
): Promise<Ticket> {
  const open = [...deps.incidents.all()].find(i => i.evidence.some(e => e.id === evidenceId))
  const incident = open ?? (await deps.store.incidentOfEvidence(evidenceId))
  const item = incident?.evidence.find(e => e.id === evidenceId)
  const own = user.role !== 'patrol' || (incident && item && isOfPatrol(incident, item, user.unitId))
  if (!incident || !item || !own) throw new GatewayError('NOT_FOUND', { evidence: evidenceId.slice(0, 80) })
  if (item.state !== 'ready' || !item.file) throw new GatewayError('MEDIA_UNAVAILABLE', { state: item.state })
  // What was recorded because of his own finding is no more open to him than the picture is.
  const camera = deps.registry.camera(item.cameraId)
  if (camera?.ownership === 'private' && !opensTo(incident, user)) {
    const decision = mayView(camera, user, [], reason)
    await deps.commit({ audit: [cameraViewed(deps.clock.now(), user, item.cameraId, decision)] })
    if (!decision.ok) throw new GatewayError(decision.code, { camera: camera.name })
  }
  await deps.viewed(item, user)
  return deps.media.fileTicket(item.file, id<UserId>(user.userId))
}
