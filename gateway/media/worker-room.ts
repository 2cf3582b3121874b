/** Everything that lives in one worker process: its cameras, its orders for evidence, its port. */
import type { CameraId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { ClipRequest, MediaCamera, StreamHealth } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import { isVehicleCamera } from '../core/vehicle-camera.ts'
import type { CameraChanges } from './camera-changes.ts'
import { EvidenceDesk, type EvidenceOrder } from './clip/desk.ts'
import { createEvidenceTools } from './clip/tools.ts'
import { Camera } from './ingest/camera.ts'
import { ConnectGate } from './ingest/gate.ts'
import type { Stream } from './ingest/stream.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './ipc.ts'
import { LiveServer } from './live/server.ts'
import { PhoneDoor } from './phone/door.ts'
import { PlaySessions } from './play/sessions.ts'
import { createRecordedMedia } from './record/reader.ts'
import { RecordRoom } from './record/room.ts'
import { RtcRoom } from './rtc/room.ts'
import { Transcodes } from './transcode/transcodes.ts'
import { VehiclePort } from './vehicle/port.ts'
import { PictureWatch } from './watch/picture-watch.ts'

export interface WorkerRoomOptions {
  readonly settings: WorkerSettings
  readonly clock: Clock
  readonly log: Log
  send(message: FromWorker): void
}

/** `start`, then `take` every message of the main process, then `stop`. */
export class WorkerRoom {
  readonly #options: WorkerRoomOptions
  readonly #cameras = new Map<CameraId, Camera>()
  readonly #gate: ConnectGate
  readonly #vehicles: VehiclePort | undefined
  readonly #phones: PhoneDoor
  readonly #desk: EvidenceDesk
  readonly #live: LiveServer
  readonly #rtc: RtcRoom | undefined
  readonly #transcodes: Transcodes
  readonly #record: RecordRoom
  readonly #pictures: PictureWatch
  #cancelTick = (): void => undefined

  constructor(options: WorkerRoomOptions) {
    const { settings, clock, log } = options
    this.#options = options
    this.#gate = new ConnectGate(clock)
    this.#vehicles = settings.vehiclePort === undefined ? undefined : new VehiclePort(clock)
    this.#phones = new PhoneDoor(clock)
    const recorded = createRecordedMedia(settings.recording.dir)
    const { evidenceDir: dir, ffmpegPath } = settings
    const tools = createEvidenceTools({ dir, ffmpegPath, clock, log, recorded })
    this.#desk = new EvidenceDesk(tools, request => this.#cameras.get(request.cameraId)?.preRoll)
    this.#record = new RecordRoom({
      settings: settings.recording,
      clock,
      log,
      camera: cameraId => this.#cameras.get(cameraId),
      send: segments => options.send({ kind: 'recorded', segments })
    })
    this.#pictures = new PictureWatch({
      settings: settings.pictureCheck,
      ffmpegPath: settings.ffmpegPath,
      clock,
      log,
      cameras: () => this.#watched()
    })
    this.#transcodes = new Transcodes({ ffmpegPath, maxStreams: settings.maxTranscodes, clock, log })
    const play = new PlaySessions({ media: recorded, clock, log, transcodes: this.#transcodes })
    this.#rtc = settings.rtc && new RtcRoom({ settings: settings.rtc, transcodes: this.#transcodes, clock, log })
    this.#live = new LiveServer({
      ...(this.#rtc ? { rtc: this.#rtc } : {}),
      transcodes: this.#transcodes,
      port: settings.port,
      bindAddress: settings.bindAddress,
      tls: settings.tls,
      evidenceDir: settings.evidenceDir,
      secret: Buffer.from(settings.ticketSecret),
      clock,
      camera: cameraId => this.#cameras.get(cameraId),
      play: (socket, ticket, plays) => play.accept(socket, ticket, plays),
      send: (socket, cameraId) => this.#phones.accept(socket, cameraId)
    })
  }

  async start(): Promise<void> {
    const { send, clock } = this.#options
    try {
      const port = await this.#live.start()
      const vehiclePort = await this.#startVehicles()
      if (vehiclePort === null) return
      this.#cancelTick = clock.every(1000, () => this.#tick())
      send({ kind: 'ready', port, ...(vehiclePort === undefined ? {} : { vehiclePort }) })
    } catch (error) {
      send({ kind: 'cannotListen', code: (error as NodeJS.ErrnoException).code ?? String(error) })
    }
  }

  /** Null: it cannot listen, which was told. */
  async #startVehicles(): Promise<number | undefined | null> {
    const { settings, send } = this.#options
    if (!this.#vehicles || settings.vehiclePort === undefined) return undefined
    try {
      return await this.#vehicles.start(settings.vehiclePort, settings.bindAddress, settings.vehicleUdp)
    } catch (error) {
      send({ kind: 'cannotListen', code: (error as NodeJS.ErrnoException).code ?? String(error), vehicles: true })
      return null
    }
  }

  take(message: Exclude<ToWorker, { kind: 'start' | 'stop' }>): void {
    switch (message.kind) {
      case 'cameras':
        this.#setCameras(message.cameras)
        break
      case 'camerasChanged':
        this.#changeCameras(message)
        break
      case 'order':
        void this.#order(message.id, message.order, message.request)
        break
      case 'extend':
        this.#desk.extend(message.evidenceId, message.toMs)
        break
      case 'endUser':
        this.#live.endUser(message.userId, message.steadyMs)
        break
      case 'endLooks':
        this.#live.endLooks(message.cameraId, message.steadyMs)
        break
      case 'record':
        this.#record.setOrders(message.orders)
        break
      case 'adopt':
        this.#record.adopt(message.strays)
    }
  }

  async stop(): Promise<void> {
    this.#cancelTick()
    await Promise.all([this.#desk.stop(), this.#record.stop()])
    await this.#live.stop()
    await this.#vehicles?.stop()
    await this.#rtc?.stop()
    this.#transcodes.stop()
    await Promise.all([...this.#cameras.values()].map(camera => camera.close()))
  }

  #setCameras(rows: readonly MediaCamera[]): void {
    const wanted = new Set(rows.map(row => row.cameraId))
    this.#changeCameras({ put: rows, gone: [...this.#cameras.keys()].filter(cameraId => !wanted.has(cameraId)) })
  }

  #changeCameras({ put, gone }: CameraChanges): void {
    const anew = put.filter(row => {
      const old = this.#cameras.get(row.cameraId)
      return !old || !sameSource(row, old.row)
    })
    for (const cameraId of [...gone, ...anew.map(row => row.cameraId)]) {
      const camera = this.#cameras.get(cameraId)
      this.#cameras.delete(cameraId)
      void camera?.close()
    }
    for (const row of put) this.#cameras.get(row.cameraId)?.describe(row)
    for (const row of anew) this.#cameras.set(row.cameraId, this.#camera(row))
    this.#record.review()
    this.#sendHealth(put.flatMap(row => this.#cameras.get(row.cameraId) ?? []))
  }

  *#watched(): Generator<{ readonly cameraId: CameraId; readonly stream: Stream }> {
    for (const [cameraId, { preRoll }] of this.#cameras) if (preRoll) yield { cameraId, stream: preRoll }
  }

  #camera(row: MediaCamera): Camera {
    const { settings, clock, log } = this.#options
    return new Camera(row, {
      gate: this.#gate,
      ...(this.#vehicles ? { vehicles: this.#vehicles } : {}),
      phones: this.#phones,
      clock,
      log: log.child({ cameraId: row.cameraId }),
      ring: { preRollMs: settings.preRollMs, maxBytes: settings.maxRingBytes },
      changed: () => {
        // The first state is set within the constructor, when the camera is not in the list yet; setCameras tells it.
        const camera = this.#cameras.get(row.cameraId)
        if (camera) this.#sendHealth([camera])
      }
    })
  }

  async #order(id: number, order: EvidenceOrder, request: ClipRequest): Promise<void> {
    const { send, log } = this.#options
    try {
      send({ kind: 'done', id, result: await this.#desk.order(order, request) })
    } catch (error) {
      if (!(error instanceof GatewayError)) log.error({ err: String(error), order }, 'evidence failed unexpectedly')
      const failure =
        error instanceof GatewayError ? error : new GatewayError('MEDIA_UNAVAILABLE', { reason: String(error) })
      send({ kind: 'failed', id, failure: { code: failure.code, detail: failure.detail } })
    }
  }

  #tick(): void {
    let rejected = 0
    for (const camera of this.#cameras.values()) {
      camera.tick()
      rejected += camera.rejected()
    }
    this.#live.tick()
    this.#rtc?.tick()
    this.#transcodes.tick()
    this.#record.tick()
    this.#pictures.tick()
    const rssMb = Math.round(process.memoryUsage.rss() / 104_857.6) / 10
    this.#options.send({
      kind: 'health',
      cameras: [...this.#cameras.values()].map(c => this.#health(c)),
      rssMb,
      rejected
    })
  }

  #sendHealth(cameras: readonly Camera[]): void {
    this.#options.send({ kind: 'health', cameras: cameras.map(camera => this.#health(camera)) })
  }

  #health(camera: Camera): StreamHealth {
    return { ...camera.health(), recording: this.#record.health(camera.row.cameraId) }
  }
}

/** The name may change without the picture being lost, and whether a vehicle is heard. */
function sameSource(a: MediaCamera, b: MediaCamera): boolean {
  const key = (row: MediaCamera): string =>
    JSON.stringify([
      row.mainUrl,
      row.subUrl,
      row.login,
      row.preRollStream,
      !isVehicleCamera(row.cameraId) && row.audio,
      row.transport,
      row.certificate?.pinned
    ])
  return key(a) === key(b)
}
