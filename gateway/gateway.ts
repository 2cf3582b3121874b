/** The composition root: builds every room, joins them, starts and stops them in order. Tests run this same root. */
import { randomBytes } from 'node:crypto'
import { createAccess } from './access/access.ts'
import { may } from './access/permissions.ts'
import { createActions } from './compose/actions.ts'
import { type AdapterPart, createAdapterParts } from './compose/adapter-parts.ts'
import { createCameras } from './compose/cameras.ts'
import { confirmDevices } from './compose/confirm.ts'
import { createCredentials } from './compose/credentials.ts'
import { createDiagnostics } from './compose/diagnostics.ts'
import { createFeedDoor } from './compose/feed-door.ts'
import { createHttpRooms, patrolState } from './compose/http-rooms.ts'
import { loadMap } from './compose/map.ts'
import { createNotices } from './compose/notices.ts'
import { observe } from './compose/observe.ts'
import { startPulse } from './compose/pulse.ts'
import { createRefusals } from './compose/refusals.ts'
import { watchStore } from './compose/store-watch.ts'
import type { Config } from './config.ts'
import type { AdapterDefinition } from './core/adapter.ts'
import { GatewayError } from './core/errors.ts'
import type { Actor } from './core/incident.ts'
import type { Clock, Endpoint, Log, Media } from './core/ports.ts'
import type { Commit, Store } from './core/store.ts'
import type { DemoPress, SessionUser } from './core/wire.ts'
import { createDispatch } from './dispatch/dispatch.ts'
import { createPatrol } from './dispatch/patrol.ts'
import { createRoadGraph } from './dispatch/road-graph.ts'
import { createUnits } from './dispatch/units.ts'
import { createEvidence } from './evidence/evidence.ts'
import { createHub } from './feed/hub.ts'
import { FLOOR, fleetAlarmOf, fleetScope, projectIncident, projectUnit, unitScope } from './feed/project.ts'
import { startHttp } from './http/app.ts'
import { createIncidents, type Incidents } from './incident/incidents.ts'
import { createNumbers } from './incident/numbers.ts'
import { createOwnerWatch, startTimers } from './incident/timers.ts'
import { createIntake } from './intake/intake.ts'
import { createPipeline } from './pipeline.ts'
import { createLatest } from './registry/latest.ts'
import { EMPTY_REGISTRY, loadRegistry } from './registry/load.ts'
import { createRegistry } from './registry/registry.ts'
import { openSqliteStore } from './storage/sqlite/store.ts'
import type { Metrics } from './supervise/metrics.ts'
import { createRejections } from './supervise/rejections.ts'
import { createSupervisor } from './supervise/supervisor.ts'

/** The video plane with its life, as the root starts it. */
export interface MediaWithLife extends Media {
  start(): Promise<void>
  stop(): Promise<void>
  workers(): readonly {
    readonly index: number
    readonly pid: number
    readonly cameras: number
    readonly restarts: number
    readonly rssMb: number
  }[]
}

export interface GatewayOptions {
  readonly config: Config
  readonly adapters: readonly AdapterDefinition[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly tls: { readonly key: string; readonly cert: string }
  /** Built by the caller, so that tests may run without cameras. */
  media(settings: { readonly ticketSecret: Buffer }): MediaWithLife
  readonly consoleDir?: string
  readonly assetsDir: string
  /** Demo mode: the town's secrets and its press buttons. */
  readonly demo?: { readonly seed: string; press(press: DemoPress): Promise<unknown> }
  /** Tests only: a disk that is full after this many pages. */
  readonly maxPages?: number
}

export interface Gateway {
  readonly endpoints: readonly Endpoint[]
  readonly access: Awaited<ReturnType<typeof createAccess>>
  readonly store: Store
  readonly incidents: Incidents
  readonly registry: ReturnType<typeof createRegistry>
  /** Resolves when nothing can ever be stored again in this process: end it, so that it is started anew. */
  readonly fatal: Promise<Error>
  /** Work under way between journal and incident is done. */
  idle(): Promise<void>
  stop(): Promise<void>
}

const SYSTEM: Actor = { kind: 'system' }
const POSITION_KEPT_MS = 10 * 60_000
const UNKNOWN_PER_MINUTE = 10
const ADAPTERS_READY_MS = 3_000

/** Starts everything; rejects, with nothing left running, when a part that cannot be restarted later does not start. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const stops: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each()
  }
  try {
    return await compose(options, stops, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function compose(options: GatewayOptions, stops: (() => unknown)[], stop: () => Promise<void>): Promise<Gateway> {
  const { config, clock, log, metrics } = options
  const fatal = Promise.withResolvers<Error>()
  const store = await openSqliteStore({ dir: config.storage.dir, maxPages: options.maxPages, onDead: fatal.resolve })
  stops.push(() => store.close())
  const [data, rememberedRows] = await Promise.all([
    config.registry.file === '' ? EMPTY_REGISTRY : loadRegistry(config.registry.file),
    store.remembered()
  ])
  const registry = createRegistry(data)
  const remembered = new Map(rememberedRows.map(row => [row.key, row.value]))
  const map = await loadMap(
    { streets: config.registry.streets, ...config.registry.layers },
    data.gridCells,
    data.site?.center
  )
  const roads = map.roadGraph ? createRoadGraph(map.layers.streets) : undefined
  const units = createUnits(clock, data.units, remembered)
  const latest = createLatest({ clock, cameras: data.cameras, positionKeptMs: POSITION_KEPT_MS })
  const credential = createCredentials({ store, known: registry.known, demoSeed: options.demo?.seed })
  const access = await createAccess({ store, clock, log, settings: { ...config.access, seats: config.site.seats } })
  stops.push(() => access.close())

  const media = options.media({ ticketSecret: randomBytes(32) })
  const cameras = createCameras({
    rows: data.cameras,
    media,
    preRollStream: config.media.preRollStream,
    cameraOf: latest.cameraOf,
    credential: key => credential('onvif', key),
    log
  })

  // Feed: the only fan-out. A step's memory is brought up to date before it is published, in one synchronous turn.
  const notices = createNotices(clock, all => hub.broadcast(FLOOR, { type: 'notices', notices: all }))
  const hub = createHub({
    store,
    now: () => clock.now(),
    replayMs: config.feed.replayMs,
    snapshot: (scope, user) => snapshotOf(scope, user)
  })
  const commit: Commit = (change, apply) =>
    store.commit(change).then(result => {
      if (!result.ok) return result
      apply?.()
      hub.publish(change.feed ?? [], result.feed, clock.now())
      return result
    })

  // Incidents, dispatch, evidence.
  const numbers = await createNumbers(clock, config.site.timeZone, store.lastNumber)
  const incidents = createIncidents({
    clock,
    log,
    commit,
    store,
    numbers,
    evidenceFor: incident => evidence.plan(incident),
    project: (after, before, line) => projectIncident(after, before, line, unitId => units.after(unitId, after)),
    changed(after, before) {
      units.incidentChanged(after)
      observe(metrics, clock, after, before)
      if (before) void confirmDevices(after, before, incidents, parts, log)
    }
  })
  const route =
    roads && ((from: Parameters<typeof roads.route>[0], to: Parameters<typeof roads.route>[1]) => roads.route(from, to))
  const dispatch = createDispatch({ clock, log, incidents, units, route, timers: config.incidents.timers })
  const evidence = createEvidence({
    clock,
    log,
    media,
    preRollMs: config.media.preRollMs,
    postRollMs: config.media.postRollMs,
    step: incidents.step,
    onReady: (item, afterMs) => item.kind === 'clip' && metrics.clipReadyTime(Math.max(0, afterMs))
  })
  const patrol = createPatrol({
    clock,
    commit,
    units,
    incidents,
    commandResult: store.commandResult,
    projectUnit: unitId => {
      const unit = units.get(unitId)
      return unit ? projectUnit(unit, clock.now()) : []
    }
  })

  // The alarm line.
  const intake = createIntake({
    clock,
    registry,
    positionOf: sourceId => latest.positionOf(sourceId),
    cameraCount: config.media.clipCameras,
    unknownPerMinute: UNKNOWN_PER_MINUTE
  })
  const pipeline = createPipeline({ journal: store, intake, incidents, evidence, commit, log })
  const watch = watchStore({
    store,
    commit,
    clock,
    notices,
    log,
    recover: async () => pipeline.behind && pipeline.recover(await store.unhandled())
  })
  stops.push(() => watch.stop())

  // Adapters, each supervised; a failing one becomes a notice.
  const rejections = createRejections({ clock, log, metrics })
  stops.push(() => rejections.close())
  const supervisor = createSupervisor({
    log,
    clock,
    metrics,
    onState: part =>
      part.state === 'restarting'
        ? notices.set(`adapter:${part.name}`, {
            level: 'critical',
            code: 'adapterDown',
            data: { adapter: part.name, error: part.error ?? '' }
          })
        : notices.clear(`adapter:${part.name}`)
  })
  const parts: AdapterPart[] = createAdapterParts({
    config,
    definitions: options.adapters,
    context: { site: config.site.code, assetsDir: options.assetsDir, tls: options.tls },
    host: {
      clock,
      log,
      accept: (signal, remember) => pipeline.accept(signal, remember).catch(error => watch.failed(error)),
      remember: async entry => {
        const result = await commit({ remember: [entry] })
        if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      },
      remembered,
      known: registry.known,
      credential,
      sighted: latest.sighted,
      position: latest.position,
      camera: sighting => {
        if (latest.camera(sighting)) void cameras.refresh()
      },
      reject: rejections.reject,
      counted: metrics.signal
    }
  })

  function snapshotOf(scope: string, user: SessionUser) {
    if (scope === FLOOR)
      return {
        floor: { incidents: [...incidents.all()], units: units.all(), cameras: cameras.all(), notices: notices.all() }
      }
    if (user.unitId && scope === unitScope(user.unitId))
      return { patrol: patrolState({ units, incidents }, user.unitId) }
    const fleet = [...incidents.all()].filter(i => i.subject.fleetId && scope === fleetScope(i.subject.fleetId))
    return { fleet: fleet.map(fleetAlarmOf) }
  }

  // Start, in the order in which one needs the other.
  await incidents.start()
  const fleets = new Set(data.subjects.flatMap(s => (s.fleetId ? [s.fleetId] : [])))
  await hub.start([FLOOR, ...data.units.map(u => unitScope(u.id)), ...[...fleets].map(fleetScope)])
  await media.start()
  stops.push(() => media.stop())
  stops.push(() => evidence.stop())
  await cameras.refresh()
  const cameraStates = new Map<string, string>()
  stops.push(
    media.onHealth(health => {
      const row = registry.camera(health.cameraId)
      // Figures come every second; the floor is told when a camera's state changes.
      if (!row || cameraStates.get(row.id) === health.state) return
      cameraStates.set(row.id, health.state)
      hub.broadcast(FLOOR, { type: 'cameras', cameras: [cameras.view(row, health)] })
    })
  )
  pipeline.recover(await store.unhandled())
  for (const incident of incidents.all()) evidence.recover(incident)
  for (const part of parts) supervisor.run(part.name, abort => part.run(abort))
  stops.push(() => supervisor.stop())
  for (const incident of incidents.all()) void confirmDevices(incident, undefined, incidents, parts, log)
  const step = (incidentId: Parameters<typeof incidents.step>[0], what: Parameters<typeof incidents.step>[1]) =>
    incidents.step(incidentId, what, SYSTEM)
  stops.push(
    startTimers({
      clock,
      log,
      timers: config.incidents.timers,
      autoCloseMs: config.incidents.autoCloseMs,
      all: incidents.all,
      step,
      autoOffer: i => dispatch.offerNearest(i.id)
    }),
    dispatch.start()
  )
  const owners = createOwnerWatch({
    clock,
    log,
    lostMs: config.incidents.ownerLostMs,
    all: incidents.all,
    release: (incidentId, owner) => step(incidentId, { kind: 'release', owner })
  })
  stops.push(() => owners.stop())
  stops.push(
    startPulse({
      clock,
      log,
      hub,
      units,
      incidents,
      positionOf: latest.positionOf,
      prune: () => store.prune(clock.now(), config.feed.replayMs)
    })
  )

  metrics.read({
    queue: () => pipeline.backlog,
    feedClients: () => [...hub.viewers()].length,
    openIncidents: () => [...incidents.all()].length,
    storeWritable: () => (watch.writable ? 1 : 0)
  })
  const startedAtMs = clock.now()
  const rooms = createHttpRooms({
    config,
    clock,
    store,
    commit,
    access,
    registry,
    cameras,
    units,
    patrol,
    media,
    incidents,
    map,
    candidates: dispatch.candidates,
    demoPress: options.demo?.press,
    act: createActions({
      step: incidents.step,
      offer: dispatch.offer,
      refuse: incidents.refuse,
      may,
      confirm: (login, password, origin) => access.confirm({ login, password, origin })
    }),
    diagnostics: createDiagnostics({
      startedAtMs,
      store,
      supervisor,
      parts,
      rejections,
      latest,
      media,
      shed: () => ({ feedCut: hub.cut })
    }),
    refused: createRefusals({ clock, commit, log }),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() })
  })
  const http = await startHttp({
    settings: config.http,
    tls: options.tls,
    consoleDir: options.consoleDir,
    rooms,
    clock,
    log,
    access,
    feed: createFeedDoor({ clock, commit, access, hub, presence: owners.presence })
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
    access,
    store,
    incidents,
    registry,
    fatal: fatal.promise,
    idle: () => pipeline.idle(),
    stop
  }
}
