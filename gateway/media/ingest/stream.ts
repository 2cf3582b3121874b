/** One stream of one camera, kept running for ever: session after session into one ring, with its state of health. */
import type { StreamHealth } from '../../core/media.ts'
import { phoneCameraOf } from '../../core/phone-camera.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { AudioIntake } from '../audio/intake.ts'
import type { AudioRing } from '../audio/ring.ts'
import { pause } from '../clock.ts'
import type { CodecConfig } from '../codec/config.ts'
import { type PhoneDoor, phoneKey } from '../phone/door.ts'
import { Ring, type RingLimits } from '../ring/ring.ts'
import { RtspFault } from '../rtsp/fault.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import { RtspSession, type SessionEvents, type SessionOptions } from '../rtsp/session.ts'
import type { VehiclePort } from '../vehicle/port.ts'
import { VehicleSession, vehicleKey } from '../vehicle/session.ts'
import { Signs } from '../watch/signs.ts'
import { retryDelayMs } from './backoff.ts'
import type { ConnectGate } from './gate.ts'
import { Rates } from './rates.ts'
import { VideoIntake } from './video-intake.ts'

/** A tile is stale 3 s after its last frame. */
export const STALE_MS = 3000

/** A connection that was there and is over, so that to go on at once cannot turn in a circle. */
const ENDED: ReadonlySet<RtspFault['kind']> = new Set(['closed', 'silent'])

/** Less is a correction of the clock; more, and it was set. */
const CLOCK_SET_MS = 2000

export interface StreamOptions {
  /** Where from and how. */
  readonly source: Omit<SessionOptions, 'clock'>
  /** Where vehicles bring their pictures to; absent: no stream of a vehicle runs. */
  readonly vehicles?: VehiclePort
  /** Where phones bring theirs to. */
  readonly phones?: PhoneDoor
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

/** What the stream asks of whatever brings its pictures. */
type Session = Pick<RtspSession, 'run' | 'lost' | 'progress'>

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
  readonly #video: VideoIntake
  readonly #rates: Rates
  /** Only where a session has sound. */
  #audio: AudioIntake | undefined
  /** Of a vehicle's camera, where it may change while the picture goes on. */
  #hears: boolean
  /** When that was last decided otherwise, by the clock that nobody sets: its vehicle is asked anew then. */
  #askedMs: number | undefined
  #unreadable: string | undefined
  #abort: AbortController | undefined
  #running: Promise<void> = Promise.resolve()
  #current: Session | undefined
  #playing = false
  #transport: StreamHealth['transport']
  #attempts = 0
  #fault: RtspFault | undefined
  #state: StreamHealth['state'] = 'idle'
  /** How far the clock is from one that nobody sets. */
  #clockOffsetMs: number
  #lastArrivalMs = 0

  constructor(options: StreamOptions) {
    this.#options = options
    this.#hears = options.source.audio === true
    this.ring = new Ring(options.ring)
    this.#clockOffsetMs = options.clock.now() - options.clock.steady()
    this.#rates = new Rates(options.clock.now())
    this.#video = new VideoIntake({
      unit: (seq, arrivalMs) => this.#unit(seq, arrivalMs),
      fault: (fault, times) => this.#count(fault, times),
      clockSet: byMs => this.#audio?.ring?.shiftWall(byMs)
    })
  }

  get config(): CodecConfig | undefined {
    return this.#video.config
  }

  /** The sound of the same seconds as the ring's pictures; undefined where it is not wanted or was never offered. */
  get sound(): AudioRing | undefined {
    return this.#audio?.ring
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
    this.#audio = undefined
    this.#review()
  }

  /** From now on a vehicle's sound is taken in, or no more; its picture goes on. */
  hear(on: boolean): void {
    if (on !== this.#hears) this.#askedMs = this.#options.clock.steady()
    this.#hears = on
    if (on) return
    this.#audio = undefined
    this.#unreadable = undefined
  }

  /** Once a second. */
  tick(): void {
    this.#watchClock()
    const nowMs = this.#options.clock.now()
    this.#rates.tick(nowMs)
    this.signs.tick(nowMs, this.#current?.progress)
    this.#review()
  }

  health(): Omit<StreamHealth, 'cameraId'> {
    const { config } = this
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
      sound: this.#audio?.ring && this.#audio.ring.next > 0 ? this.#audio.ring.format.encoding : undefined,
      soundUnreadable: this.#unreadable,
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
      // Who dials us and is asked for something else is back within milliseconds: while nobody waited for him he would be refused.
      if (this.#isDialled && ENDED.has(this.#fault.kind)) continue
      await pause(this.#options.clock, retryDelayMs(this.#attempts, this.#fault), abort)
    }
  }

  /** Its sender comes to us, and to wait for him costs nothing. */
  get #isDialled(): boolean {
    const { url } = this.#options.source
    return vehicleKey(url) !== undefined || phoneCameraOf(url) !== undefined
  }

  async #session(abort: AbortSignal): Promise<void> {
    const { clock, gate } = this.#options
    const leave = await gate.enter(abort)
    const session: Session = this.#sessionOf({
      playing: ({ video, audio }, transport) => {
        leave()
        this.#playing = true
        this.#transport = transport
        this.signs.playing(clock.now())
        this.#video.begin(video, this.ring, packets => {
          this.signs.lost(packets)
          session.lost('video', packets)
        })
        if (audio) this.#hear(audio, packets => session.lost('audio', packets))
      },
      packet: (track, bytes, start, end, arrivalMs) => {
        // Asked only where something is strange: the answer costs more than a packet.
        if (Math.abs(arrivalMs - this.#lastArrivalMs) > CLOCK_SET_MS) this.#watchClock()
        this.#lastArrivalMs = arrivalMs
        if (track === 'video') this.#video.packet(bytes, start, end, arrivalMs)
        else this.#audio?.packet(bytes, start, end, arrivalMs)
      },
      firstSeen: fingerprint => this.#options.firstSeen(fingerprint),
      fault: fault => this.#count(fault, 1),
      senderReport: (track, report) => {
        if (track !== 'video') {
          this.#audio?.senderReport(report)
          return
        }
        this.signs.report(report.wallMs, clock.now())
        this.#video.senderReport(report)
      }
    })
    this.#current = session
    await session.run(abort).finally(leave)
  }

  #sessionOf(events: SessionEvents): Session {
    const { source, clock, vehicles, phones } = this.#options
    const phone = phoneCameraOf(source.url)
    const sent = { ...events, fault: (fault: string) => this.#count(fault, 1) }
    if (phone && phones) return new VehicleSession({ key: phoneKey(phone), port: phones, clock }, sent)
    const heard = {
      ...{ ...sent, hears: () => this.#hears, sound: (track: AudioTrack) => this.#hear(track, () => undefined) },
      askedMs: () => this.#askedMs,
      unreadable: (name: string | undefined) => {
        this.#unreadable = name
        this.#options.changed()
      }
    }
    const key = vehicleKey(source.url)
    if (key === undefined) return new RtspSession({ ...source, clock }, events)
    if (!vehicles) throw new RtspFault('unsupported', 'video of vehicles is switched off (media.vehicleVideo)')
    return new VehicleSession({ key, port: vehicles, clock }, heard)
  }

  /** A clock that was set, ahead or back, is no time that has gone by: memory keeps its seconds, told in the new time. */
  #watchClock(): void {
    const { clock } = this.#options
    const offsetMs = clock.now() - clock.steady()
    const byMs = offsetMs - this.#clockOffsetMs
    this.#clockOffsetMs = offsetMs
    if (Math.abs(byMs) <= CLOCK_SET_MS) return
    this.#audio?.clockSet(byMs)
    this.#video.clockSet(this.ring, byMs)
    this.#lastArrivalMs += byMs
    if (this.lastFrameAtMs !== undefined) this.lastFrameAtMs += byMs
  }

  #unit(seq: number, arrivalMs: number): void {
    this.#rates.add(this.ring.index.length(seq))
    this.lastFrameAtMs = arrivalMs
    this.#audio?.picture(this.ring.index.wallMs(seq), arrivalMs, this.#video.reported)
    if (this.ring.index.isKey(seq)) this.signs.key(arrivalMs)
    if (this.#state !== 'live') this.#review()
    for (const listener of this.#listeners) listener(seq)
  }

  #hear(track: AudioTrack, lost: (packets: number) => void): void {
    this.#audio ??= new AudioIntake({
      fault: (fault, times) => this.#count(fault, times),
      oldestMs: () => (this.ring.index.count > 0 ? this.ring.index.wallMs(this.ring.index.first) : 0)
    })
    this.#audio.begin(track, lost)
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
    // A frame of the future is of before the clock was set back: it shows no camera to be alive.
    const ageMs = Math.abs(this.#options.clock.now() - (this.lastFrameAtMs ?? Number.POSITIVE_INFINITY))
    const fresh = ageMs < STALE_MS
    if (this.#playing && fresh) return 'live'
    if (this.#fault?.kind === 'unauthorized') return 'unauthorized'
    if (this.#playing) return this.lastFrameAtMs === undefined ? 'connecting' : 'stale'
    if (fresh) return 'live'
    return this.#fault ? 'offline' : 'connecting'
  }
}
