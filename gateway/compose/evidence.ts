/** Joins the evidence room with the house: recorder, seal, custody, holds, retention, exports, and who may see or give out what. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { mayExport } from '../access/export-access.ts'
import type { Config } from '../config.ts'
import { type CameraId, type IncidentId, id, type SourceId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { EXPORT_MAX_RANGE_MS, type ExportRange, type ExportRequest } from '../core/exporting.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { Media } from '../core/media.ts'
import type { CameraSighting, Clock, Log } from '../core/ports.ts'
import type { RecordingHold } from '../core/recording.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import type { VoiceKeeper } from '../core/voice.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createCustody } from '../evidence/custody.ts'
import { createEvidence, type Evidence, type EvidenceOptions } from '../evidence/evidence.ts'
import { createExports } from '../evidence/exports.ts'
import { createEvidenceFiles } from '../evidence/files.ts'
import { createHolds } from '../evidence/holds.ts'
import type { CameraFacts } from '../evidence/manifest.ts'
import { createPacker } from '../evidence/packer.ts'
import { createRetention } from '../evidence/retention.ts'
import { createSealer } from '../evidence/seal.ts'
import { openSigner } from '../evidence/signer.ts'
import { createVoiceEvidence } from '../evidence/voice.ts'
import type { EvidenceRooms } from '../http/ports.ts'
import { createExportMaker } from '../media/export/maker.ts'
import type { Registry } from '../registry/registry.ts'
import { createDeviceEvidence, type DeviceEvidenceDeps } from './device-evidence.ts'
import { withLeft } from './evidence-left.ts'
import { listEvidence } from './evidence-list.ts'
import { fontFiles } from './fonts.ts'
import { VERSION } from './http-rooms.ts'
import type { KeepTime } from './keep-time.ts'
import { type Notices, tellStuck } from './notices.ts'
import { PROJECT_DIR } from './places.ts'

export interface EvidenceRoomDeps {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly commit: Commit
  readonly media: Pick<Media, 'clip' | 'preview' | 'still' | 'extend' | 'fileTicket' | 'health'>
  readonly registry: Pick<Registry, 'camera' | 'data' | 'rows'>
  readonly incidents: {
    get(incidentId: IncidentId): Incident | undefined
    all(): Iterable<Incident>
    ofSource(sourceId: SourceId): Incident | undefined
    step: EvidenceOptions['step']
    openOfSource: DeviceEvidenceDeps['incidents']['openOfSource']
  }
  readonly latest: { cameraOf(cameraId: CameraId): CameraSighting | undefined }
  readonly onReady: EvidenceOptions['onReady']
  readonly keepTime: Pick<KeepTime, 'now'>
  readonly notices: Pick<Notices, 'set' | 'clear'>
  /** Ordinary recordings; there by the time that somebody holds something. */
  recordings(): {
    hold(hold: RecordingHold): Promise<void>
    release(id: string): Promise<void>
  }
}

export interface EvidenceRoom {
  readonly evidence: Evidence
  /** What adapters tell of callers' voices. */
  readonly voice: VoiceKeeper
  readonly rooms: EvidenceRooms
  /** Custody and audit say who looks, in one commit; what was not sealed yet is sealed first, since a chain begins with that. */
  viewed(item: EvidenceItem, user: SessionUser): Promise<void>
  /** What an adapter does with what devices recorded; `idleOf` as in DeviceEvidenceDeps. */
  ofDevices(idleOf: DeviceEvidenceDeps['idleOf']): ReturnType<typeof createDeviceEvidence>
  /** Ordinary recordings that must stay; before anything is removed. */
  recordingHolds(): Promise<readonly RecordingHold[]>
  /** Takes up what a stop left: clips under way, seals, exports, files to be removed. */
  start(): Promise<void>
  stop(): Promise<void>
  /** What is ready now and was not before is sealed. */
  incidentChanged(after: Incident, before: Incident | undefined): void
}

/** Rejects with CONFIG_INVALID where the signing key is no good. */
export async function createEvidenceRoom(deps: EvidenceRoomDeps): Promise<EvidenceRoom> {
  const { config, clock, log, store, commit, incidents } = deps
  await mkdir(config.media.evidenceDir, { recursive: true, mode: 0o750 })
  const signer = await openSigner(config.evidence.signingKeyFile || join(config.storage.dir, 'evidence-key.pem'))
  if (signer.made) log.info({ fingerprint: signer.fingerprint }, 'a key that signs evidence was made')
  const incident = async (incidentId: IncidentId) => incidents.get(incidentId) ?? (await store.incident(incidentId))
  const camera = (cameraId: CameraId) => factsOf(deps, cameraId)
  const custody = createCustody({ clock, store, commit })
  const { timeZone } = config.site
  const sealer = createSealer({
    clock,
    log,
    commit,
    store,
    custody,
    signer,
    version: VERSION,
    timeZone,
    incident,
    camera
  })
  const holds = createHolds({
    clock,
    store,
    custody,
    incident,
    cameraName: cameraId => deps.registry.camera(cameraId)?.name,
    incidents: () => incidents.all(),
    catalogue: {
      hold: each => deps.recordings().hold(each),
      release: holdId => deps.recordings().release(holdId)
    }
  })
  const files = createEvidenceFiles(config.media.evidenceDir)
  const { keepDays, exportKeepDays } = config.evidence
  const retention = createRetention({
    keepNow: deps.keepTime.now,
    clock,
    log,
    store,
    commit,
    custody,
    holds,
    files,
    keepDays,
    incident,
    stuck: tellStuck(deps.notices, log)
  })
  const { deletedAtMs } = retention
  const { site } = config
  const packer = createPacker({
    ...{ clock, custody, sealer, signer, site, version: VERSION, assets: assets(), incident, camera, deletedAtMs }
  })
  const maker = createExportMaker(makerSettings(config), clock)
  const exports = createExports({
    ...{ clock, log, store, commit, packer, maker, retention, files },
    ...{ keepDays: exportKeepDays, keepNow: deps.keepTime.now }
  })
  const evidence = createEvidence({
    clock,
    log,
    media: deps.media,
    preRollMs: config.media.preRollMs,
    postRollMs: config.media.postRollMs,
    step: (...args) => incidents.step(...args),
    onReady: deps.onReady
  })
  const voice = createVoiceEvidence({
    ...{ clock, log, commit, dir: config.media.evidenceDir },
    ofSource: sourceId => incidents.ofSource(sourceId),
    incident: incidentId => incidents.get(incidentId),
    ofItem: async item => {
      const stored = await store.incidentOfEvidence(item)
      return stored && (incidents.get(stored.id) ?? stored)
    },
    step: (...args) => incidents.step(...args)
  })
  return {
    evidence,
    voice,
    rooms: roomsOf(deps, { custody, sealer, holds, exports, retention, incident, fingerprint: signer.fingerprint }),
    async viewed(item, user) {
      await sealer.manifest(item)
      await custody.append([{ item: item.id, who: personOf(user), step: 'viewed' }])
    },
    ofDevices: idleOf =>
      createDeviceEvidence({
        clock,
        log,
        incidents,
        stored: store.incident,
        evidenceDir: config.media.evidenceDir,
        idleOf
      }),
    recordingHolds: () => holds.recordings(),
    async start() {
      const left = { ...incidents, recording: store.recordingIncidents, stored: store.incident }
      await withLeft(left, Promise.all([sealer.start(), holds.start()]), each => {
        evidence.recover(each)
        voice.recover(each)
        sealer.sealed(each.evidence)
      })
      retention.start()
      await exports.start()
    },
    async stop() {
      voice.stop()
      await Promise.all([evidence.stop(), exports.stop(), retention.stop()])
      // Last: what was put on record at the very end is sealed, too.
      await sealer.stop()
    },
    incidentChanged(after, before) {
      holds.incidentChanged(after)
      if (after.evidence === before?.evidence) return
      const old = new Set(before?.evidence)
      const fresh = after.evidence.filter(item => item.state === 'ready' && !old.has(item))
      if (fresh.length > 0) sealer.sealed(fresh)
    }
  }
}

interface Parts {
  readonly custody: ReturnType<typeof createCustody>
  readonly sealer: ReturnType<typeof createSealer>
  readonly holds: ReturnType<typeof createHolds>
  readonly exports: ReturnType<typeof createExports>
  readonly retention: ReturnType<typeof createRetention>
  /** SHA-256 of the public key that signs here. */
  readonly fingerprint: string
  incident(incidentId: IncidentId): Promise<Incident | undefined>
}

function roomsOf(deps: EvidenceRoomDeps, parts: Parts): EvidenceRooms {
  const { custody, holds, exports } = parts
  return {
    list: query => listEvidence({ ...parts, store: deps.store }, query),
    async detail(evidenceId, _user) {
      const incident = await deps.store.incidentOfEvidence(evidenceId)
      const item = incident?.evidence.find(each => each.id === evidenceId)
      if (!item) throw new GatewayError('NOT_FOUND', { evidence: evidenceId.slice(0, 80) })
      const sealed = item.state === 'ready' ? await parts.sealer.manifest(item) : undefined
      const deletedAtMs = await parts.retention.deletedAtMs(item.id)
      return {
        item,
        ...(sealed ? { manifest: sealed.text, signature: sealed.signature, keyFingerprint: sealed.fingerprint } : {}),
        custody: await custody.of(item.id),
        holds: holds.of({ ...item, ...spanOf(item) }),
        ...(deletedAtMs === undefined ? {} : { deletedAtMs }),
        keptUntilMs: item.createdAtMs + deps.config.evidence.keepDays * 86_400_000
      }
    },
    holds: () => holds.all(),
    hold(request, user) {
      const { target } = request
      if ('cameraId' in target) checkRange(target, Number.POSITIVE_INFINITY)
      return holds.hold(request, personOf(user))
    },
    release: (holdId, reason, user) => holds.release(holdId, reason, personOf(user)),
    exports: () => exports.all(),
    export: jobId => jobOf(parts, jobId),
    order: (request, user) => order(deps, parts, request, user),
    async cancel(jobId, user) {
      await own(deps, parts, jobId, user)
      return exports.cancel(jobId, personOf(user))
    },
    async ticket(jobId, user) {
      await own(deps, parts, jobId, user)
      const { file } = await exports.handOut(jobId, personOf(user))
      return deps.media.fileTicket(file, id<UserId>(user.userId))
    }
  }
}

/** Rule 9 and the rights are judged, and put on record when refused, before anything is queued. */
async function order(deps: EvidenceRoomDeps, parts: Parts, request: ExportRequest, user: SessionUser) {
  const { ranges = [], incidentId, reason } = request
  for (const range of ranges) checkRange(range, deps.clock.now())
  if (incidentId === undefined && ranges.length === 0)
    throw new GatewayError('BODY_INVALID', { field: 'incidentId or ranges' })
  const incident = incidentId === undefined ? undefined : await parts.incident(incidentId)
  if (incidentId !== undefined && !incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
  const cameras = ranges.map(({ cameraId }) => {
    const camera = deps.registry.camera(cameraId)
    if (!camera) throw new GatewayError('NOT_FOUND', { camera: cameraId })
    return camera
  })
  checkSound(request, [...(incident?.evidence ?? []), ...ranges])
  const who = personOf(user)
  await judge(deps, user, request, incident)
  // What private cameras have recorded or sealed leaves by the stated reason; one line each.
  const sealed = (incident?.evidence ?? []).flatMap(item => deps.registry.camera(item.cameraId) ?? [])
  const audit = [...new Map([...cameras, ...sealed].map(camera => [camera.id, camera])).values()]
    .filter(camera => camera.ownership === 'private')
    .map(
      (camera): AuditEntry => ({
        ...{
          atMs: deps.clock.now(),
          who,
          action: 'export.camera',
          object: `camera:${camera.id}`,
          outcome: 'done',
          reason,
          // What was recorded with sound leaves with it.
          ...(camera.audio ? { detail: { audio: true } } : {})
        }
      })
    )
  const names = new Set([...(incident?.evidence ?? []).map(item => item.cameraName), ...cameras.map(each => each.name)])
  return parts.exports.order({
    ...request,
    who,
    cameraNames: [...names],
    audit,
    ...(incident ? { incidentNumber: incident.number } : {})
  })
}

async function judge(
  deps: EvidenceRoomDeps,
  user: SessionUser,
  request: Pick<ExportRequest, 'incidentId' | 'ranges' | 'reason' | 'receiver'>,
  incident: Incident | undefined
): Promise<void> {
  const cameras = (request.ranges ?? []).flatMap(range => deps.registry.camera(range.cameraId) ?? [])
  const decision = mayExport(user, request, incident, cameras)
  if (decision.ok) return
  const { code, why } = decision
  const object = incident ? `incident:${incident.id}` : `camera:${cameras.map(camera => camera.id).join(' ')}`
  const entry = { atMs: deps.clock.now(), who: personOf(user), action: 'export.order', object, reason: why } as const
  await deps.commit({ audit: [{ ...entry, outcome: 'refused' }] })
  throw new GatewayError(code, code === 'BODY_INVALID' ? { field: why } : { why })
}

/** Whoever may not order it may not fetch it either. */
async function own(deps: EvidenceRoomDeps, parts: Parts, jobId: string, user: SessionUser): Promise<void> {
  const job = jobOf(parts, jobId)
  await judge(deps, user, job, job.incidentId === undefined ? undefined : await parts.incident(job.incidentId))
}

function jobOf({ exports }: Parts, jobId: string) {
  const job = exports.get(jobId)
  if (!job) throw new GatewayError('NOT_FOUND', { export: jobId.slice(0, 80) })
  return job
}

function checkRange({ fromMs, toMs }: ExportRange, latestMs: number): void {
  const why =
    toMs <= fromMs
      ? 'toMs is not after fromMs'
      : toMs - fromMs > EXPORT_MAX_RANGE_MS
        ? 'longer than 24 h'
        : fromMs >= latestMs
          ? 'in the future'
          : undefined
  if (why) throw new GatewayError('BODY_INVALID', { field: 'fromMs, toMs', why })
}

/** Whoever may take a camera's pictures may take its sound; nobody names one whose pictures he was not asked about. */
function checkSound({ oneFile, oneFileSound }: ExportRequest, asked: readonly { readonly cameraId: CameraId }[]): void {
  if (oneFileSound === undefined) return
  const why =
    oneFile === undefined
      ? 'no oneFile'
      : oneFileSound === 'none'
        ? undefined
        : oneFile === 'sequence'
          ? 'each camera has its own'
          : asked.some(each => each.cameraId === oneFileSound.cameraId)
            ? undefined
            : 'another camera'
  if (why) throw new GatewayError('BODY_INVALID', { field: 'oneFileSound', why })
}

function spanOf(item: EvidenceItem): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: item.actualFromMs ?? item.requestedFromMs, toMs: item.actualToMs ?? item.requestedToMs }
}

function factsOf(
  { registry, latest, media }: EvidenceRoomDeps,
  cameraId: CameraId
): CameraFacts & { readonly name: string } {
  const row = registry.camera(cameraId)
  const seen = latest.cameraOf(cameraId)
  const cell = row?.gridCellId && registry.rows.cells.byId(row.gridCellId)
  const { maker, model, firmware, serial } = seen ?? {}
  const clockOffsetMs = media.health().find(each => each.cameraId === cameraId)?.signs?.clockOffsetMs
  return {
    name: row?.name ?? cameraId,
    ...(row && !row.vehicle ? { position: row.position } : {}),
    ...(row ? { ownership: row.ownership } : {}),
    ...(cell ? { place: cell.name } : {}),
    ...Object.fromEntries(
      Object.entries({ maker, model, firmware, serial, clockOffsetMs }).filter(([, value]) => value !== undefined)
    )
  }
}

function assets(): { readonly viewer: string; readonly verifier: string; readonly readme: string } {
  const read = (name: string) => readFileSync(join(PROJECT_DIR, 'gateway', 'evidence', 'bundle', name), 'utf8')
  return { viewer: read('viewer.html'), verifier: read('verify.mjs'), readme: read('README.txt') }
}

function makerSettings(config: Config): Parameters<typeof createExportMaker>[0] {
  return {
    evidenceDir: config.media.evidenceDir,
    recordingsDir: config.media.recording.dir,
    ffmpegPath: 'ffmpeg',
    threads: Math.max(1, Math.floor(availableParallelism() / 2)),
    fonts: fontFiles()
  }
}
