/** The composition root: builds every room, joins them, starts and stops them in order. Tests run this same root. */
import { randomBytes } from 'node:crypto'
import { createAccess } from './access/access.ts'
import { may } from './access/permissions.ts'
import { createTokens } from './access/tokens.ts'
import { createActions } from './compose/actions.ts'
import { createAdapterLine } from './compose/adapter-line.ts'
import { createCameraCertificates } from './compose/camera-certificates.ts'
import { startCameraHealth } from './compose/camera-health.ts'
import { watchCameras } from './compose/camera-watch.ts'
import { createCameras } from './compose/cameras.ts'
import { tellContacts } from './compose/contact-calls.ts'
import { createCredentials } from './compose/credentials.ts'
import { createDeviceCommands } from './compose/device-commands.ts'
import { createDiagnostics } from './compose/diagnostics.ts'
import { dispatchRules } from './compose/dispatch-rules.ts'
import { isDuressAt } from './compose/duress.ts'
import { createEvidenceRoom } from './compose/evidence.ts'
import { createFeedDoor } from './compose/feed-door.ts'
import type { Gateway, GatewayOptions } from './compose/gateway-options.ts'
import { createHttpRooms } from './compose/http-rooms.ts'
import { createIncidentPhotos } from './compose/incident-photos.ts'
import { createKeepTime } from './compose/keep-time.ts'
import { createLocators } from './compose/locators.ts'
import { createNearNow } from './compose/near-now.ts'
import { createNotices, tellNotices, tellWaiting } from './compose/notices.ts'
import { observe } from './compose/observe.ts'
import { createOutwards } from './compose/outwards.ts'
import { createPhoneVideo } from './compose/phone-video.ts'
import { loadPlace } from './compose/place.ts'
import { createPlayback } from './compose/playback.ts'
import { createPositionReads } from './compose/position-reads.ts'
import { endLooks } from './compose/private-looks.ts'
import { startPulse } from './compose/pulse.ts'
import { createRanking } from './compose/ranking.ts'
import { createRecordingRoom } from './compose/recordings.ts'
import { createRefusalBook, createRefusals } from './compose/refusals.ts'
import { openRegistry } from './compose/registry-desk.ts'
import { createReportDesk } from './compose/reports.ts'
import { createRouteDesk, passing } from './compose/route-desk.ts'
import { watchSelf } from './compose/self-watch.ts'
import { besideOf, snapshotOf } from './compose/snapshot.ts'
import { createSourceDesk } from './compose/sources.ts'
import { watchStore } from './compose/store-watch.ts'
import { createTalkDesk } from './compose/talk-desk.ts'
import { createTelephoneRooms } from './compose/telephone-rooms.ts'
import { informSources, rearmTested } from './compose/tell-caller.ts'
import { createVehicleAt } from './compose/vehicle-place.ts'
import { createVehicleVideo } from './compose/vehicle-video.ts'
import { createVoiceDesk } from './compose/voice-desk.ts'
import { createWall, withOwnReports } from './compose/wall.ts'
import { createWork } from './compose/work.ts'
import { factsOf } from './compose/work-actions.ts'
import { id, type UnitId, type UserId } from './core/brand.ts'
import type { Actor, EvidenceItem } from './core/incident.ts'
import { startCare } from './dispatch/care.ts'
import { createDispatch } from './dispatch/dispatch.ts'
import { createPatrol } from './dispatch/patrol.ts'
import { createRoadGraph } from './dispatch/road-graph.ts'
import { createRota } from './dispatch/rota.ts'
import { createUnits } from './dispatch/units.ts'
import { createHub } from './feed/hub.ts'
import { FLOOR, fleetScope, projectIncident, projectUnit, unitScope } from './feed/project.ts'
import { startHttp } from './http/app.ts'
import { createIncidents } from './incident/incidents.ts'
import { createNumbers } from './incident/numbers.ts'
import { createPresentTimes } from './incident/present-times.ts'
import { createOwnerWatch, startTimers } from './incident/timers.ts'
import { createIntake } from './intake/intake.ts'
import { createPipeline } from './pipeline.ts'
import { createLatest } from './registry/latest.ts'
import { openSqliteStore } from './storage/sqlite/store.ts'

export type { Gateway, GatewayOptions, MediaWithLife } from './compose/gateway-options.ts'

import { openRunSettings } from './compose/run-settings.ts'

const SYSTEM: Actor = { kind: 'system' }
const POSITION_KEPT_MS = 10 * 60_000
const UNKNOWN_PER_MINUTE = 10
const ADAPTERS_READY_MS = 3_000

/** Starts everything; rejects, with nothing left running, when a part that cannot be restarted later does not start. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const stops: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    const failed: unknown[] = []
    // One part that does not stop must not keep the store open.
    for (const each of stops.splice(0).reverse()) await Promise.try(each).catch(error => failed.push(error))
    if (failed.length > 0) throw failed.length === 1 ? failed[0] : new AggregateError(failed, 'parts did not stop')
  }
  try {
    return await compose(options, stops, stop)
  } catch (error) {
    await stop().catch(failed => options.log.error({ err: failed }, 'a part did not stop'))
    throw error
  }
}

async function compose(options: GatewayOptions, stops: (() => unknown)[], stop: () => Promise<void>): Promise<Gateway> {
  const { clock, log, metrics } = options
  const fatal = Promise.withResolvers<Error>()
  const store = await openSqliteStore({
    ...{ dir: options.config.storage.dir, maxPages: options.maxPages, onDead: fatal.resolve }
  })
  stops.push(() => store.close())
  const { config, rooms: runSettings } = await openRunSettings(options.config, { clock, store, hub: () => hub })
  const [{ data, map, categories, streets }, kept] = await Promise.all([loadPlace(config), store.remembered()])
  const { registry, registrations, recordRooms } = await openRegistry(data, options, store, () => ({ incidents, hub }))
  const remembered = new Map(kept.map(row => [row.key, row.value]))
  const roads = map.roadGraph ? createRoadGraph(map.layers.streets) : undefined
  const units = createUnits(clock, registry.data.units, remembered, createRota(config.site.timeZone))
  const latest = createLatest({
    ...{ clock, camera: registry.rows.cameras.at, positionKeptMs: POSITION_KEPT_MS, ...streets },
    alongWith: registry.alongWith
  })
  const credential = createCredentials({ clock, store, known: registry.known, demoSeed: options.demo?.seed })
  const access = await createAccess({ ...options, store, settings: { ...config.access, seats: config.site.seats } })
  stops.push(() => access.close())

  const media = options.media({ ticketSecret: randomBytes(32) })
  const certificates = await createCameraCertificates({ store, clock, log })
  const cameras = createCameras({
    rows: () => registry.data.cameras,
    media,
    preRollStream: config.media.preRollStream,
    cameraOf: latest.cameraOf,
    credential: key => credential('onvif', key),
    certificateOf: certificates.of,
    log
  })

  // The feed cuts its clients by session; pictures know only whose they are.
  stops.push(
    access.onSessionEnd(({ user }) => {
      const userId = id<UserId>(user.userId)
      if (!access.isLoggedIn(userId)) media.endUser(userId)
    })
  )

  // Feed: the only fan-out. A step's memory is brought up to date before it is published, in one synchronous turn.
  const notices = createNotices(clock, all => tellNotices(hub, all))
  const groupCall = (unitId: UnitId) => telephone.groupCalls.ofUnit(unitId)
  const beside = { cameras, notices, groupCall, phoneVideo: () => phoneVideo }
  const hub = createHub({
    store,
    now: () => clock.now(),
    replayMs: config.feed.replayMs,
    snapshot: (scope, user, positions) => snapshotOf({ incidents, units, ...beside }, scope, user, positions),
    present: scope => besideOf(beside, scope)
  })
  const vehicleAt = createVehicleAt({ alarmsOf: of => incidents.alarmsOf(of), positionOf: latest.positionOf })
  const demo = options.demo !== undefined
  const outwards = await createOutwards({ config, clock, log, store, notices, hub, demo, registry, vehicleAt })
  const { commit } = outwards
  const work = await createWork({ config, clock, log, store, commit, hub, categories, incidents: () => incidents })

  // Incidents, dispatch, evidence.
  const numbers = await createNumbers(clock, config.site.timeZone, store.lastNumber)
  let loaded = false
  const incidents = createIncidents({
    ...{ clock, log, commit, store, numbers, livesAt: registry.livesAt },
    ...{ evidenceFor: incident => evidence.plan(incident), sopVersion: () => work.sop.current.version },
    project: (after, before, line) => projectIncident(after, before, line, unitId => units.after(unitId, after)),
    changed(after, before) {
      units.incidentChanged(after)
      if (loaded) observe(metrics, clock, after, before)
      if (loaded) recordings.incidentChanged(after)
      if (loaded) evidenceRoom.incidentChanged(after, before)
      if (loaded) vehicleVideo.incidentChanged(after, before)
      endLooks({ incidents, media }, after, before)
      if (loaded) locators.incidentChanged(after)
      if (loaded) work.incidentChanged(after, before)
      if (before) void informSources(after, before, incidents, parts, log)
      else selfWatch.opened(after)
    }
  })
  const ofVehicles = { config, clock, log, media, cameras, incidents, evidence: () => evidenceRoom.evidence }
  const vehicleVideo = createVehicleVideo({ ...ofVehicles, parts: () => parts })
  const route =
    roads && ((from: Parameters<typeof roads.route>[0], to: Parameters<typeof roads.route>[1]) => roads.route(from, to))
  const due = { ...incidents, all: createPresentTimes({ clock, log, all: incidents.all }).all }
  const dispatch = createDispatch({
    ...{
      clock,
      log,
      incidents: due,
      units,
      route,
      timers: config.incidents.timers,
      ...dispatchRules(config, () => registry.data.gridCells, { ...incidents, positionOf: latest.positionOf })
    }
  })
  const onReady = (item: EvidenceItem, afterMs: number) =>
    item.kind === 'clip' && metrics.clipReadyTime(Math.max(0, afterMs))
  registrations.watch(tellWaiting(notices))
  const keepTime = await createKeepTime({ clock, log, store, notices })
  stops.push(() => keepTime.stop())
  const evidenceRoom = await createEvidenceRoom({
    ...{ config, clock, log, store, commit, media, registry, incidents, latest, onReady, keepTime, notices },
    recordings: () => recordings
  })
  const { evidence } = evidenceRoom
  const routes = await createRouteDesk({
    ...{ clock, log, store, commit, remembered, registry, timeZone: config.site.timeZone }
  })
  const patrol = createPatrol({
    ...{ clock, commit, units, incidents, rounds: routes.rounds },
    isDuressAt: incident => isDuressAt(incident, incidents),
    factsOf: (incident, found) => factsOf(found, { incident, categories, owner: { name: found.by } }),
    ...{ commandResult: store.commandResult, stored: store.incident, accept: signal => pipeline.accept(signal) },
    projectUnit: unit => projectUnit(unit, clock.now())
  })

  // The alarm line.
  const sources = await createSourceDesk({
    ...{ clock, log, store, commit, registry, latest, incidents, hub, limits: config.sources },
    ...{ timeZone: config.site.timeZone, parts: () => parts, accept: signal => pipeline.accept(signal) }
  })
  stops.push(() => sources.stop())
  const intake = createIntake({
    clock,
    ...{ registry: withOwnReports(registry), recall: key => remembered.get(key) },
    positionOf: sourceId => locators.positionOf(sourceId) ?? latest.positionOf(sourceId),
    ...{ cameraCount: config.media.clipCameras, inVehicles: config.media.vehicleVideo.enabled },
    unknownPerMinute: UNKNOWN_PER_MINUTE,
    ...{ onTest: sources.onTest, calling: sources.calling, shelved: sources.shelved, ...streets },
    flooded: host => selfWatch.strangers(host),
    broken: (error, seq) =>
      log.error({ err: error, seq }, 'an alarm could not be located; it is raised without a place')
  })
  const pipeline = createPipeline({
    ...{ clock, log, commit, journal: store, gathered: sources.gathered, intake, evidence },
    incidents: rearmTested(incidents, () => parts, log)
  })
  const selfWatch = watchSelf({
    ...{ clock, notices, metrics, backlog: () => pipeline.backlog, failed: () => pipeline.failed },
    cut: () => hub.cut,
    workers: () => media.workers(),
    incidents: incidents.all
  })
  const watch = watchStore({
    ...{ store, commit, clock, notices, log },
    recover: async () => pipeline.failed > 0 && pipeline.recover(await store.unhandled())
  })
  const positionReads = createPositionReads({ clock, log, commit })
  const refusals = createRefusalBook({ clock, commit, log })
  stops.push(selfWatch.stop, watch.stop, positionReads.stop, refusals.stop)
  const locators = createLocators({
    ...{ clock, log, positionReads, registry, incidents, latest, remembered, accept: pipeline.accept }
  })

  // Adapters, each supervised; a failing one becomes a notice.
  const adapterLine = createAdapterLine({
    ...{ config, options, clock, log, metrics, commit, notices, registry, registrations, remembered, credential },
    ...{ sources, locators, pipeline, watch, incidents, latest, cameras, selfWatch, evidenceRoom },
    motion: (...seen) => recordings.motion(...seen)
  })
  const { supervisor, rejections, parts } = adapterLine
  const voice = createVoiceDesk({ clock, commit, incidents, parts, access })
  stops.push(rejections.close, () => voice.stop())

  // Start, in the order in which one needs the other.
  await incidents.start()
  await sources.start()
  await work.start()
  const recordingRoom = await createRecordingRoom({
    ...{ config, clock, log, media, incidents, store, commit, notices, keepTime, camera: registry.camera },
    cameras: () => registry.data.cameras,
    ...{ holds: evidenceRoom.recordingHolds, demo }
  })
  const { recordings } = recordingRoom
  stops.push(recordingRoom.stop)
  loaded = true
  const fleets = new Set(registry.data.subjects.flatMap(s => (s.fleetId ? [s.fleetId] : [])))
  await hub.start([FLOOR, ...registry.data.units.map(u => unitScope(u.id)), ...[...fleets].map(fleetScope)])
  await media.start()
  stops.push(() => media.stop(), evidenceRoom.stop)
  await cameras.refresh()
  recordings.start()
  stops.push(certificates.learn(media, cameras.refresh))
  stops.push(watchCameras({ media, hub, cameras, camera: registry.camera }))
  pipeline.recover(await store.unhandled())
  stops.push(outwards.start(incidents, pipeline.idle()))
  await evidenceRoom.start()
  for (const part of parts) supervisor.run(part.name, abort => part.run(abort))
  stops.push(vehicleVideo.start())
  stops.push(() => supervisor.stop())
  for (const incident of incidents.all()) void informSources(incident, undefined, incidents, parts, log)
  const step = (incidentId: Parameters<typeof incidents.step>[0], what: Parameters<typeof incidents.step>[1]) =>
    incidents.step(incidentId, what, SYSTEM)
  stops.push(
    startTimers({
      ...{ clock, log, timers: config.incidents.timers, all: due.all, get: due.get, step },
      get autoCloseMs() {
        return config.incidents.autoCloseMs
      },
      autoOffer: i => dispatch.offerNearest(i.id)
    }),
    dispatch.start(),
    startCare({
      ...{ clock, log, timers: config.incidents.timers, all: due.all, step },
      positionOf: unitId => units.get(unitId)?.position
    })
  )
  const owners = createOwnerWatch({
    ...{ clock, log, all: incidents.all },
    get lostMs() {
      return config.incidents.ownerLostMs
    },
    release: (incidentId, owner) => step(incidentId, { kind: 'release', owner })
  })
  stops.push(() => owners.stop())
  stops.push(
    startPulse({
      ...{ clock, log, hub, units, incidents, positionReads, ...dispatch, positionOf: latest.positionOf },
      prune: () => store.prune(clock.now(), config.feed.replayMs)
    })
  )

  metrics.read({
    queue: () => pipeline.backlog,
    feedClients: () => [...hub.viewers()].length,
    openIncidents: () => [...incidents.all()].length,
    storeWritable: () => (watch.writable ? 1 : 0)
  })
  const wall = await createWall({
    ...{ clock, log, store, commit, timeZone: config.site.timeZone, keepNow: keepTime.now },
    ...{ hub, notices, access, registry, pipeline, incidents }
  })
  stops.push(() => wall.stop())
  const cameraHealth = await startCameraHealth({
    ...{ clock, log, store, commit, media, remembered, limits: config.health, keptDays: config.health.keptDays },
    ...{ timeZone: config.site.timeZone, keepNow: keepTime.now, rows: () => registry.data.cameras },
    ...{ camera: registry.rows.cameras.byId, cells: registry.rows.cells },
    ...{ cameraOf: latest.cameraOf, devices: latest.devices, accept: pipeline.accept, claims: adapterLine.claims },
    recordings: recordingRoom.rooms.overview
  })
  stops.push(() => cameraHealth.stop())
  const floor = { config, clock, log, commit, access, hub, incidents, units, notices, refusals }
  const telephone = await createTelephoneRooms({ ...floor, due, store, registry, parts })
  const phoneVideo = createPhoneVideo({ ...floor, media, cameras, evidence })
  const isLeader = (user: Parameters<typeof may>[0]) => may(user, 'incident.take')
  const photos = createIncidentPhotos({ ...floor, store, evidenceDir: config.media.evidenceDir, isLeader })
  const reports = createReportDesk({ ...floor, store, registry, categories: categories.rows, cameraHealth, vehicleAt })
  stops.push(telephone.stop, phoneVideo.stop, tellContacts({ clock, log, config, incidents: due, parts }), reports.stop)
  const rooms = createHttpRooms({
    wall: wall.rooms,
    playback: createPlayback({ clock, store, commit, registry, incidents, media }),
    recordings: recordingRoom.rooms,
    ...{ evidence: evidenceRoom.rooms, viewed: evidenceRoom.viewed },
    ...{ voice, talk: createTalkDesk({ clock, log, incidents, parts }) },
    tokens: await createTokens({ store, clock }),
    deviceCommands: await createDeviceCommands({
      ...{ config, clock, log, incidents, parts, remembered, commit, confirm: access.confirm, cabinSound: vehicleVideo }
    }),
    ...{ ...recordRooms, cameraHealth, locators, sources: sources.rooms, outwards: outwards.rooms },
    ...{ reports: reports.rooms, board: reports.board, print: reports.print, searches: reports.searches },
    ...{ groupCalls: telephone.groupCalls.rooms, phoneVideo, photos, runSettings },
    ...{ patrolRoutes: routes.rooms, passing: passing(routes.rounds) },
    ...{ config, clock, store, commit, access, registry, cameras, units, patrol, media, incidents, map, work },
    ...{ latest, credential, hub, dispatch, watch },
    ...{ positionReads, ranking: createRanking({ log, dispatch, positionReads }) },
    nearNow: createNearNow({ ...floor, registry, evidence, positionReads, vehicleAt }),
    demoPress: options.demo?.press,
    act: createActions({
      ...{ step: incidents.step, offer: dispatch.offer, refuse: incidents.refuse, ...telephone, may, work },
      incident: async incidentId => incidents.get(incidentId) ?? store.incident(incidentId),
      confirm: (login, password, origin) => access.confirm({ login, password, origin })
    }),
    diagnostics: createDiagnostics({
      ...{ startedAtMs: clock.now(), store, supervisor, parts, rejections, latest, media, registry },
      shed: () => ({ feedCut: hub.cut })
    }),
    refused: createRefusals(refusals, log),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() })
  })
  const http = await startHttp({
    ...{ settings: config.http, tls: options.tls, consoleDir: options.consoleDir },
    ...{ rooms, clock, log, access },
    feed: createFeedDoor({ clock, log, positionReads, access, hub, presence: owners.presence })
  })
  stops.push(() => http.close())
  // Owners whose console did not come back with the gateway give their incidents back too.
  for (const incident of incidents.all()) if (incident.owner) owners.presence(incident.owner.userId, false)
  await Promise.race([
    Promise.all(parts.map(part => part.ready)),
    new Promise<void>(resolve => clock.after(ADAPTERS_READY_MS, resolve))
  ])
  return {
    get endpoints() {
      return [...http.endpoints, ...parts.flatMap(part => part.endpoints)]
    },
    ...{ access, store, incidents, registry, stop },
    backlog: () => pipeline.backlog,
    fatal: fatal.promise,
    idle: () => pipeline.idle()
  }
}
