/** One stream of one camera, kept running for ever: session after session into one ring, with its state of health. */
import type { StreamHealth } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { pause } from '../clock.ts'
import type { CodecConfig } from '../codec/config.ts'
import { DecodeTimes } from '../h264/decode-times.ts'
import { Depacketizer } from '../h264/depacketizer.ts'
import { ParameterSets } from '../h264/parameter-sets.ts'
import { Ring, type RingLimits } from '../ring/ring.ts'
import { RtspFault } from '../rtsp/fault.ts'
import { RtspSession, type SessionOptions } from '../rtsp/session.ts'
import { TimeLine } from '../rtsp/time-line.ts'
import { Signs } from '../watch/signs.ts'
import { retryDelayMs } from './backoff.ts'
import type { ConnectGate } from './gate.ts'
import { Rates } from './rates.ts'

/** A tile is stale 3 s after its last frame. */
export const STALE_MS = 3000

export interface StreamOptions {
  /** Where from and how. */
  readonly source: Omit<SessionOptions, 'clock'>
  /** All streams of a worker connect through it. */
  readonly gate: ConnectGate
  readonly clock: Clock
  readonly log: Log
  readonly ring: RingLimits
  /** A certificate that nobody vouches for. */
  firstSeen(fingerprint: string): void
  /** The state has changed. */
  changed(): void
}

/** Called within the read that completed the unit: copy what is needed, return at once. */
export type UnitListener = (seq: number) => void

/** Constructing does nothing; `open` runs it until `close`. */
export class Stream {
  ring: Ring
  lastFrameAtMs: number | undefined
  /** Packets and units that could not be used, since the start, by reason. */
  readonly faults = new Map<string, number>()
  readonly signs = new Signs()
  readonly #options: StreamOptions
  readonly #listeners = new Set<UnitListener>()
  readonly #timeLine = new TimeLine()
  readonly #decodeTimes = new DecodeTimes()
  readonly #rates: Rates
  #sets = new ParameterSets()
  #config: CodecConfig | undefined
  #arrivalMs = 0
  #lastWallMs = 0
  #abort: AbortController | undefined
  #running: Promise<void> = Promise.resolve()
  #current: RtspSession | undefined
  #playing = false
  #transport: StreamHealth['transport']
  #attempts = 0
  #fault: RtspFault | undefined
  #state: StreamHealth['state'] = 'idle'

  constructor(options: StreamOptions) {
    this.#options = options
    this.ring = new Ring(options.ring)
    this.#rates = new Rates(options.clock.now())
  }

  get config(): CodecConfig | undefined {
    return this.#config
  }

  get isOpen(): boolean {
    return this.#abort !== undefined
  }

  onUnit(listener: UnitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  open(): void {
    if (this.#abort) return
    const abort = new AbortController()
    this.#abort = abort
    this.#attempts = 0
    this.#fault = undefined
    this.signs.opened(this.#options.clock.now())
    this.#running = this.#run(abort.signal)
    this.#review()
  }

  /** Ends the session and forgets the pictures. */
  async close(): Promise<void> {
    this.#abort?.abort()
    this.#abort = undefined
    await this.#running
    if (this.#abort) return
    this.ring = new Ring(this.#options.ring)
    this.#review()
  }

  /** Once a second. */
  tick(): void {
    const nowMs = this.#options.clock.now()
    this.#rates.tick(nowMs)
    this.signs.tick(nowMs, this.#current?.progress)
    this.#review()
  }

  health(): Omit<StreamHealth, 'cameraId'> {
    const config = this.#config
    return {
      state: this.#state,
      lastFrameAtMs: this.lastFrameAtMs,
      codec: config?.codec,
      width: config?.width,
      height: config?.height,
      bitrateKbps: Math.round(this.#rates.kbps),
      fps: Math.round(this.#rates.fps * 10) / 10,
      preRollMs: Math.round(this.ring.heldMs),
      arenaBytes: this.ring.capacityBytes,
      transport: this.#playing ? this.#transport : undefined,
      attempts: this.#attempts,
      error: this.#fault?.message,
      signs: this.signs.figures(this.#options.clock.now())
    }
  }

  async #run(abort: AbortSignal): Promise<void> {
    while (!abort.aborted) {
      const error = await this.#session(abort).catch((reason: unknown) => reason)
      this.#playing = false
      if (abort.aborted) return
      this.#fault = error instanceof RtspFault ? error : new RtspFault('protocol', String(error))
      if (!(error instanceof RtspFault)) this.#options.log.error({ err: String(error) }, 'session failed unexpectedly')
      this.#attempts++
      this.#review()
      await pause(this.#options.clock, retryDelayMs(this.#attempts, this.#fault), abort)
    }
  }

  async #session(abort: AbortSignal): Promise<void> {
    const { source, clock, gate } = this.#options
    const leave = await gate.enter(abort)
    let packets: Depacketizer | undefined
    const session = new RtspSession(
      { ...source, clock },
      {
        playing: ({ video }, transport) => {
          leave()
          this.#playing = true
          this.#transport = transport
          this.signs.playing(clock.now())
          this.#timeLine.restart()
          for (const set of video.parameterSets) this.#sets.offer(set, 0, set.length)
          packets = this.#depacketizer(video.payloadType, lost => session.lost('video', lost))
        },
        packet: (track, bytes, start, end, arrivalMs) => {
          if (track !== 'video') return
          this.#arrivalMs = arrivalMs
          packets?.packet(bytes, start, end)
        },
        firstSeen: fingerprint => this.#options.firstSeen(fingerprint),
        fault: fault => this.#count(fault, 1),
        senderReport: (track, report) => {
          if (track !== 'video') return
          this.signs.report(report.wallMs, clock.now())
          this.#timeLine.senderReport(report.wallMs, report.rtpTime)
        }
      }
    )
    this.#current = session
    await session.run(abort).finally(leave)
  }

  #depacketizer(payloadType: number, onLost: (packets: number) => void): Depacketizer {
    return new Depacketizer(this.ring, this.#sets, payloadType, {
      unit: (rtpTime, key, afterGap) => this.#unit(rtpTime, key, afterGap),
      lost: packets => {
        this.#count('lost', packets)
        this.signs.lost(packets)
        onLost(packets)
      },
      fault: fault => this.#count(fault, 1)
    })
  }

  #unit(rtpTime: number, key: boolean, afterGap: boolean): boolean {
    const config = key ? this.#sets.take() : this.#config
    if (!config) {
      this.#count('noParameterSets', 1)
      return false
    }
    if (config !== this.#config) this.#decodeTimes.expect(config.reorderFrames ?? 0)
    this.#config = config
    this.#timeLine.advance(rtpTime, this.#arrivalMs)
    if (this.#timeLine.jumped) this.#decodeTimes.restart()
    const { pts } = this.#timeLine
    const dts = this.#decodeTimes.next(pts)
    // Within a reordered group, and where the clock is corrected, wall time stands still instead of going back.
    this.#lastWallMs = Math.max(this.#lastWallMs, this.#timeLine.wallMs)
    this.#rates.add(this.ring.unitBytes)
    const gap = afterGap || (this.#timeLine.jumped && this.ring.index.count > 0)
    const seq = this.ring.commit(dts, pts - dts, this.#lastWallMs, gap, key, config)
    this.lastFrameAtMs = this.#arrivalMs
    if (key) this.signs.key(this.#arrivalMs)
    if (this.#state !== 'live') this.#review()
    for (const listener of this.#listeners) listener(seq)
    return true
  }

  #count(fault: string, by: number): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + by)
  }

  #review(): void {
    const state = this.#judge()
    if (this.#playing && state === 'live' && this.#fault) {
      this.#fault = undefined
      this.#attempts = 0
    }
    if (state === this.#state) return
    this.#state = state
    this.#options.changed()
  }

  #judge(): StreamHealth['state'] {
    if (!this.#abort) return 'idle'
    const fresh = this.lastFrameAtMs !== undefined && this.#options.clock.now() - this.lastFrameAtMs < STALE_MS
    if (this.#playing && fresh) return 'live'
    if (this.#fault?.kind === 'unauthorized') return 'unauthorized'
    if (this.#playing) return this.lastFrameAtMs === undefined ? 'connecting' : 'stale'
    if (fresh) return 'live'
    return this.#fault ? 'offline' : 'connecting'
  }
}
