/** The video plane as the main process has it: worker processes, and never a byte of media. */
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { CameraId, EvidenceId, UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type {
  ClipRequest,
  ClipResult,
  Media,
  MediaCamera,
  PlayRange,
  StreamHealth,
  TicketGrant
} from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { RecordedSegment, RecordingOrder, StrayRecordings } from '../core/recording.ts'
import { isVehicleCamera } from '../core/vehicle-camera.ts'
import { cameraChanges } from './camera-changes.ts'
import type { EvidenceOrder } from './clip/desk.ts'
import { evidenceFile, isServable } from './clip/names.ts'
import type { FromWorker } from './ipc.ts'
import { Orders } from './orders.ts'
import type { RecordSettings } from './record/tools.ts'
import type { RtcSettings } from './rtc/room.ts'
import { issueTicket, TICKET_MS, type TicketPurpose, workerSecret } from './ticket.ts'
import type { PictureCheckSettings } from './watch/picture-watch.ts'
import { WorkerProcess } from './worker-process.ts'

export interface MediaPlaneOptions {
  readonly workers: number
  /** Worker i listens on basePort + i; 0 gives every worker any free port. */
  readonly basePort: number
  readonly bindAddress: string
  /** Made when it is missing. */
  readonly evidenceDir: string
  /** Where and how recordings are written; made when it is missing. */
  readonly recording: RecordSettings
  readonly preRollMs: number
  readonly ffmpegPath: string
  /** Looks for black, covered and unchanging pictures; never, unless told. */
  readonly pictureCheck?: PictureCheckSettings
  /** H.265 streams that are transcoded at once, over all workers; none, unless told. */
  readonly maxTranscodes?: number
  /** Live pictures by WebRTC: ports and viewers of all workers together; off, unless told. */
  readonly rtc?: RtcSettings
  /** Where vehicles bring their video to (JT/T 1078), 0 for any; absent: none is taken. */
  readonly vehiclePort?: number
  /** By UDP as well. */
  readonly vehicleUdp?: true
  /** PEM; with it the same ports speak HTTPS and WSS too. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** At least 32 bytes, new at every start. */
  readonly ticketSecret: Buffer
  readonly clock: Clock
  readonly log: Log
  /** Bound of one stream's memory, 64 MiB unless told. */
  readonly maxRingBytes?: number
  /** Benches run the bundled worker, which is what is installed. */
  readonly workerEntry?: string
}

export interface WorkerStatus {
  readonly index: number
  readonly pid: number
  readonly cameras: number
  readonly restarts: number
  readonly rssMb: number
  /** Packets and access units that were no use, since the process started. */
  readonly rejected: number
}

/** `start` rejects with PORT_TAKEN where a worker cannot listen; `stop` leaves unfinished clips to be continued. */
export interface MediaPlane extends Media {
  start(): Promise<void>
  stop(): Promise<void>
  workers(): readonly WorkerStatus[]
}

const START_MS = 15_000
const DEFAULT_RING_BYTES = 64 * 1024 * 1024

interface Slot {
  readonly process: WorkerProcess
  readonly secret: Buffer
  cameras: readonly MediaCamera[]
  recordings: readonly RecordingOrder[]
  rssMb: number
  rejected: number
}

export function createMediaPlane(options: MediaPlaneOptions): MediaPlane {
  return new Plane(options)
}

class Plane implements MediaPlane {
  readonly #options: MediaPlaneOptions
  readonly #slots: readonly Slot[]
  readonly #orders: Orders
  readonly #health = new Map<CameraId, StreamHealth>()
  readonly #listeners = new Set<(health: StreamHealth) => void>()
  readonly #recordedListeners = new Set<(segments: readonly RecordedSegment[]) => void>()
  #started: { resolve(): void; reject(error: Error): void } | undefined
  #nextFileWorker = 0
  #vehiclePort: number | undefined

  constructor(options: MediaPlaneOptions) {
    this.#options = options
    this.#orders = new Orders(options.clock)
    this.#slots = Array.from({ length: Math.max(1, options.workers) }, (_, index) => this.#slot(index))
  }

  async start(): Promise<void> {
    await mkdir(this.#options.evidenceDir, { recursive: true })
    const ready = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    const cancel = this.#options.clock.after(START_MS, () =>
      this.#started?.reject(new GatewayError('MEDIA_UNAVAILABLE', { reason: 'a video worker does not start' }))
    )
    for (const { process } of this.#slots) process.start()
    try {
      await ready
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      cancel()
      this.#started = undefined
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#slots.map(({ process }) => process.stop()))
    this.#orders.rejectAll('the gateway stops')
  }

  workers(): readonly WorkerStatus[] {
    return this.#slots.map(({ process, cameras, rssMb, rejected }, index) => ({
      index,
      pid: process.pid,
      cameras: cameras.length,
      restarts: process.restarts,
      rssMb,
      rejected
    }))
  }

  vehiclePort(): number | undefined {
    return this.#vehiclePort
  }

  setCameras(cameras: readonly MediaCamera[]): void {
    const known = new Set(cameras.map(camera => camera.cameraId))
    for (const cameraId of this.#health.keys()) if (!known.has(cameraId)) this.#health.delete(cameraId)
    this.#slots.forEach((slot, index) => {
      const mine = cameras.filter(camera => this.#indexOf(camera.cameraId) === index)
      const changes = cameraChanges(slot.cameras, mine)
      slot.cameras = mine
      if (changes) slot.process.send({ kind: 'camerasChanged', ...changes })
    })
    for (const { cameraId } of cameras) if (!this.#health.has(cameraId)) this.#learn({ cameraId, state: 'connecting' })
  }

  health(): readonly StreamHealth[] {
    return [...this.#health.values()]
  }

  onHealth(listener: (health: StreamHealth) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  record(orders: readonly RecordingOrder[]): void {
    this.#slots.forEach((slot, index) => {
      slot.recordings = orders.filter(order => this.#indexOf(order.cameraId) === index)
      slot.process.send({ kind: 'record', orders: slot.recordings })
    })
  }

  adopt(strays: readonly StrayRecordings[]): void {
    for (const each of strays) this.#slotOf(each.cameraId).process.send({ kind: 'adopt', strays: each })
  }

  onRecorded(listener: (segments: readonly RecordedSegment[]) => void): () => void {
    this.#recordedListeners.add(listener)
    return () => this.#recordedListeners.delete(listener)
  }

  liveTicket(
    cameraId: CameraId,
    stream: 'main' | 'sub',
    userId: UserId,
    nearOnly = false,
    audio = false,
    webrtc = false
  ): TicketGrant {
    if (webrtc && !this.#options.rtc) throw new GatewayError('WEBRTC_OFF')
    // Registered, but not found yet, as in the first seconds after a start: worth asking again soon.
    if (!this.#health.has(cameraId)) throw new GatewayError('MEDIA_UNAVAILABLE', { cameraId })
    const { process, secret } = this.#slotOf(cameraId)
    const purpose = { kind: 'live', cameraId, stream, nearOnly, audio, webrtc } as const
    return { port: process.port, path: webrtc ? '/rtc' : '/live', ...this.#ticket(secret, purpose, userId) }
  }

  sendTicket(cameraId: CameraId, userId: UserId): TicketGrant {
    const { process, secret } = this.#slotOf(cameraId)
    return { port: process.port, path: '/send', ...this.#ticket(secret, { kind: 'send', cameraId }, userId) }
  }

  fileTicket(file: string, userId: UserId): TicketGrant {
    if (!isServable(file)) throw new GatewayError('NOT_FOUND', { file })
    return this.#ofAnyWorker('/file', { kind: 'file', file }, userId)
  }

  playTicket(range: PlayRange, userId: UserId): TicketGrant {
    return this.#ofAnyWorker('/play', { kind: 'play', ...range }, userId)
  }

  /** Every worker serves every file: take turns, but pass over one that is being started again. */
  #ofAnyWorker(path: string, purpose: TicketPurpose, userId: UserId): TicketGrant {
    const ready = this.#slots.filter(({ process }) => process.isReady)
    const slots = ready.length > 0 ? ready : this.#slots
    const slot = slots[this.#nextFileWorker++ % slots.length]
    if (!slot) throw new GatewayError('MEDIA_UNAVAILABLE', { reason: 'no video worker' })
    return { port: slot.process.port, path, ...this.#ticket(slot.secret, purpose, userId) }
  }

  /** It ends by the clock that nobody sets; who asked is told by the one on the wall. */
  #ticket(secret: Buffer, purpose: TicketPurpose, userId: UserId): Pick<TicketGrant, 'ticket' | 'expiresAtMs'> {
    const { clock } = this.#options
    const ticket = issueTicket(secret, purpose, userId, clock.steady() + TICKET_MS)
    return { ticket, expiresAtMs: clock.now() + TICKET_MS }
  }

  endUser(userId: UserId): void {
    const steadyMs = this.#options.clock.steady()
    for (const { process } of this.#slots) process.send({ kind: 'endUser', userId, steadyMs })
  }

  endLooks(cameraId: CameraId): void {
    this.#slotOf(cameraId).process.send({ kind: 'endLooks', cameraId, steadyMs: this.#options.clock.steady() })
  }

  preview(request: ClipRequest): Promise<ClipResult> {
    return this.#order('preview', request)
  }

  clip(request: ClipRequest): Promise<ClipResult> {
    return this.#order('clip', request)
  }

  still(request: ClipRequest): Promise<ClipResult> {
    return this.#order('still', request)
  }

  extend(evidenceId: EvidenceId, toMs: number): void {
    const cameraId = this.#orders.extend(evidenceId, toMs)
    if (cameraId !== undefined) this.#slotOf(cameraId).process.send({ kind: 'extend', evidenceId, toMs })
  }

  async #order(order: EvidenceOrder, request: ClipRequest): Promise<ClipResult> {
    evidenceFile(request.evidenceId, order)
    const { id, result } = this.#orders.add(order, request)
    this.#slotOf(request.cameraId).process.send({ kind: 'order', id, order, request })
    return result
  }

  #slot(index: number): Slot {
    const { clock, log, ...rest } = this.#options
    const secret = workerSecret(rest.ticketSecret, index)
    const settings = {
      index,
      port: rest.basePort === 0 ? 0 : rest.basePort + index,
      bindAddress: rest.bindAddress,
      evidenceDir: resolve(rest.evidenceDir),
      recording: { ...rest.recording, dir: resolve(rest.recording.dir) },
      preRollMs: rest.preRollMs,
      maxRingBytes: rest.maxRingBytes ?? DEFAULT_RING_BYTES,
      ffmpegPath: rest.ffmpegPath,
      pictureCheck: rest.pictureCheck ?? { everyMs: 60_000, corePercent: 0 },
      maxTranscodes: shareOf(rest.maxTranscodes ?? 0, index, rest.workers),
      ...(rest.rtc ? { rtc: rtcOf(rest.rtc, index, rest.workers) } : {}),
      // Vehicles are told one port, and are few at a time: all of them are the first worker's.
      ...(index === 0 && rest.vehiclePort !== undefined ? { vehiclePort: rest.vehiclePort } : {}),
      ...(index === 0 && rest.vehicleUdp ? { vehicleUdp: true as const } : {}),
      tls: rest.tls,
      ticketSecret: secret
    }
    const process = new WorkerProcess({
      settings,
      entry: rest.workerEntry,
      clock,
      log,
      ready: (_port, vehiclePort) => {
        if (vehiclePort !== undefined) this.#vehiclePort = vehiclePort
        this.#workerReady(index)
      },
      message: message => this.#take(index, message),
      lost: () => this.#workerLost(index)
    })
    return { process, secret, cameras: [], recordings: [], rssMb: 0, rejected: 0 }
  }

  /** A new process gets its cameras, and the orders that the one before left unfinished. */
  #workerReady(index: number): void {
    const slot = this.#slots[index]
    slot?.process.send({ kind: 'cameras', cameras: slot.cameras })
    slot?.process.send({ kind: 'record', orders: slot.recordings })
    for (const order of this.#orders.open(cameraId => this.#indexOf(cameraId) === index)) slot?.process.send(order)
    if (this.#slots.every(({ process }) => process.isReady)) this.#started?.resolve()
  }

  #workerLost(index: number): void {
    for (const { cameraId } of this.#slots[index]?.cameras ?? [])
      this.#learn({ cameraId, state: 'connecting', error: 'the video worker is being started again' })
  }

  #take(index: number, message: Exclude<FromWorker, { kind: 'ready' | 'log' }>): void {
    switch (message.kind) {
      case 'health':
        this.#takeHealth(index, message)
        break
      case 'recorded':
        for (const listener of this.#recordedListeners) listener(message.segments)
        break
      case 'done':
        this.#orders.done(message.id, message.result)
        break
      case 'failed':
        this.#orders.failed(message.id, message.failure)
        break
      case 'cannotListen': {
        const { basePort, vehiclePort = 0 } = this.#options
        const own = basePort === 0 ? 0 : basePort + index
        const [port, setting] = message.vehicles ? [vehiclePort, 'media.vehicleVideo.port'] : [own, 'media.basePort']
        this.#started?.reject(new GatewayError('PORT_TAKEN', { port, setting, cause: message.code }))
      }
    }
  }

  #takeHealth(index: number, message: Extract<FromWorker, { kind: 'health' }>): void {
    const slot = this.#slots[index]
    if (slot && message.rssMb !== undefined) slot.rssMb = message.rssMb
    if (slot && message.rejected !== undefined) slot.rejected = message.rejected
    // What a worker still says of a camera that was just removed is not heard.
    for (const health of message.cameras) if (this.#health.has(health.cameraId)) this.#learn(health)
  }

  #learn(health: StreamHealth): void {
    this.#health.set(health.cameraId, health)
    for (const listener of this.#listeners) listener(health)
  }

  #slotOf(cameraId: CameraId): Slot {
    const slot = this.#slots[this.#indexOf(cameraId)]
    if (!slot) throw new GatewayError('MEDIA_UNAVAILABLE', { cameraId })
    return slot
  }

  /** FNV-1a: the same camera always lives in the same worker. Cameras of vehicles live where their port is. */
  #indexOf(cameraId: CameraId): number {
    if (isVehicleCamera(cameraId)) return 0
    let hash = 0x811c_9dc5
    for (let i = 0; i < cameraId.length; i++) hash = Math.imul(hash ^ cameraId.charCodeAt(i), 0x0100_0193)
    return (hash >>> 0) % this.#slots.length
  }
}

/** A worker's part of a budget of the whole plane: the first ones get what does not divide. */
function shareOf(total: number, index: number, workers: number): number {
  return Math.floor(total / Math.max(1, workers)) + (index < total % Math.max(1, workers) ? 1 : 0)
}

/** A worker's part of ports and viewers: no two look for a port in the same place. */
function rtcOf({ addresses, ports, maxViewers }: RtcSettings, index: number, workers: number): RtcSettings {
  const each = ports && Math.floor((ports.to - ports.from + 1) / Math.max(1, workers))
  return {
    addresses,
    ...(ports && each ? { ports: { from: ports.from + index * each, to: ports.from + (index + 1) * each - 1 } } : {}),
    maxViewers: shareOf(maxViewers, index, workers)
  }
}
