/** One connection of a vehicle's or phone's camera: JT/T 1078 packets to pictures and sound, told as the RTP packets that the ingest knows. */
import type { Clock } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import { RtspFault } from '../rtsp/fault.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import type { SessionEvents } from '../rtsp/session.ts'
import type { TrackEvents } from '../rtsp/track-reception.ts'
import { nalsOf, type VehiclePacket } from './packet.ts'
import { keyOf, type VehiclePort } from './port.ts'
import { VehicleSound } from './sound.ts'

const CODECS: Readonly<Record<number, VideoCodec>> = { 98: 'h264', 99: 'h265' }
const RTP_HEADER = 12
const PAYLOAD_TYPE = 96
/** RTP ticks of a millisecond. */
const TICKS = 90
/** A picture beyond it is given up. */
const MAX_PICTURE_BYTES = 4 * 1024 * 1024
/** An empty part costs memory too. */
const PART_COST = 128
/** Slices of a picture with its parameter sets; more of them are an attack on the worker's time, and the picture is given up. */
const MAX_NALS = 1_024
/** Nothing for so long, and the line is dead: the main process asks the vehicle again. */
const SILENT_MS = 15_000
const LOOK_MS = 1_000

/** `jt1078://SIM/channel`: how the ingest names a vehicle's camera. */
export function vehicleKey(url: string): string | undefined {
  return /^jt1078:\/\/(\d{12}\/\d{1,3})$/.exec(url)?.[1]
}

export interface VehicleEvents extends Pick<SessionEvents, 'playing'>, Pick<TrackEvents, 'packet'> {
  /** Input that could not be used, by reason. */
  fault(fault: string): void
  /** Whether sound is taken in at this moment; absent: never. */
  hears?(): boolean
  /** When the vehicle was last asked for something else while it sent, by the clock that nobody sets. */
  askedMs?(): number | undefined
  /** The form of the sound that follows; anew where it changes. */
  sound?(track: AudioTrack): void
  /** Sound comes and is not decoded: its name in the standard; undefined: it is. */
  unreadable?(name: string | undefined): void
}

/** As RtspSession: `run` plays until aborted, or until something fails (then it throws an RtspFault). */
export class VehicleSession {
  readonly #events: VehicleEvents
  readonly #key: string
  readonly #port: Pick<VehiclePort, 'wait'>
  readonly #clock: Clock
  #codec: VideoCodec | undefined
  #transport: 'tcp' | 'udp' = 'tcp'
  /** The last number of all, of the pictures and of the sound. */
  #sequence = -1
  #pictureSequence = -1
  #soundSequence = -1
  #parts: Buffer[] | undefined
  #bytes = 0
  #rtpSequence = 0
  #packets = 0
  #rtpTime = -1
  #sound: VehicleSound | undefined

  constructor(
    source: { readonly key: string; readonly port: Pick<VehiclePort, 'wait'>; readonly clock: Clock },
    events: VehicleEvents
  ) {
    this.#key = source.key
    this.#port = source.port
    this.#clock = source.clock
    this.#events = events
  }

  get progress(): { readonly packets: number; readonly rtpTime: number } {
    return { packets: this.#packets, rtpTime: this.#rtpTime }
  }

  /** There is nobody to tell: the terminal sends on. */
  lost(): void {}

  run(abort: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let close = (): void => undefined
      let lastMs: number | undefined
      const end = (settle: () => void): void => {
        endWait()
        stopLooking()
        abort.removeEventListener('abort', stop)
        close()
        settle()
      }
      const stop = (): void => end(resolve)
      const endWait = this.#port.wait(this.#key, {
        opened: (closing, transport) => {
          close = closing
          this.#begin(transport)
          lastMs = this.#clock.steady()
        },
        packet: (packet, arrivalMs) => {
          lastMs = this.#clock.steady()
          this.#take(packet, arrivalMs)
        },
        askedMs: () => this.#events.askedMs?.(),
        fault: fault => this.#events.fault(fault),
        closed: () => end(() => reject(new RtspFault('closed', 'the sender has ended its connection')))
      })
      const stopLooking = this.#clock.every(LOOK_MS, () => {
        if (lastMs !== undefined && this.#clock.steady() - lastMs > SILENT_MS)
          end(() => reject(new RtspFault('silent', 'the sender sends nothing')))
      })
      abort.addEventListener('abort', stop, { once: true })
    })
  }

  /** A connection begins to count anew; what it sends is told as a new beginning. */
  #begin(transport: 'tcp' | 'udp'): void {
    this.#transport = transport
    this.#sequence = -1
    this.#pictureSequence = -1
    this.#soundSequence = -1
    this.#parts = undefined
    this.#sound?.lost()
    if (this.#codec) this.#rtpSequence += 1
  }

  #take(packet: VehiclePacket, arrivalMs: number): void {
    // One connection is one camera: another's picture must not stand under this one's name.
    if (keyOf(packet.sim, packet.channel) !== this.#key) {
      this.#events.fault('otherCamera')
      return
    }
    const isNext = this.#follow(packet)
    if (!isNext) {
      // A hole in our own numbers tells the ingest of the hole in theirs.
      this.#parts = undefined
      this.#rtpSequence += 1
      this.#sound?.lost()
    }
    if (packet.kind === 3) this.#hear(packet, arrivalMs)
    // Transparent data are the terminal's own.
    if (packet.kind > 2) return
    const codec = CODECS[packet.payloadType]
    if (!codec) {
      this.#events.fault('payloadType')
      return
    }
    if (codec !== this.#codec) {
      this.#codec = codec
      this.#events.playing({ video: { codec, payloadType: PAYLOAD_TYPE, parameterSets: [] } }, this.#transport)
    }
    this.#packets += 1
    this.#part(packet, arrivalMs)
  }

  /** A terminal may send its sound unasked: it goes no further than here unless somebody has decided so. */
  #hear(packet: VehiclePacket, arrivalMs: number): void {
    const events = this.#events
    if (!events.hears?.()) {
      this.#sound = undefined
      return
    }
    this.#sound ??= new VehicleSound({
      track: track => events.sound?.(track),
      packet: (bytes, atMs) => events.packet('audio', bytes, 0, bytes.length, atMs),
      unreadable: name => events.unreadable?.(name),
      fault: fault => events.fault(fault)
    })
    this.#sound.take(packet, arrivalMs)
  }

  /** False after a hole. One count for all that a camera sends is the standard's; some terminals have one for each kind. */
  #follow({ sequence, kind }: VehiclePacket): boolean {
    const isPicture = kind <= 2
    const follows = (before: number): boolean => before === -1 || sequence === ((before + 1) & 0xffff)
    const isNext = follows(this.#sequence) || follows(isPicture ? this.#pictureSequence : this.#soundSequence)
    this.#sequence = sequence
    if (isPicture) this.#pictureSequence = sequence
    if (kind === 3) this.#soundSequence = sequence
    return isNext
  }

  #part({ part, body, timeMs }: VehiclePacket, arrivalMs: number): void {
    if (part === 0 || part === 1) {
      this.#parts = []
      this.#bytes = 0
    }
    if (!this.#parts) return
    this.#bytes += body.length + PART_COST
    if (this.#bytes > MAX_PICTURE_BYTES) {
      this.#parts = undefined
      this.#events.fault('unitTooLarge')
      return
    }
    // What is not whole outlives the read it came with.
    this.#parts.push(part === 0 ? body : Buffer.from(body))
    if (part === 1 || part === 3) return
    const [only, ...more] = this.#parts
    this.#parts = undefined
    if (only) this.#picture(more.length > 0 ? Buffer.concat([only, ...more]) : only, timeMs, arrivalMs)
  }

  #picture(picture: Buffer, timeMs: number, arrivalMs: number): void {
    const nals: { readonly from: number; readonly to: number }[] = []
    for (const nal of nalsOf(picture)) {
      if (nals.length === MAX_NALS) {
        this.#events.fault('tooManyUnits')
        return
      }
      nals.push(nal)
    }
    if (nals.length === 0) this.#events.fault('startCode')
    const time = (timeMs * TICKS) % 0x1_0000_0000
    this.#rtpTime = time
    nals.forEach(({ from, to }, index) => {
      this.#rtpSequence = (this.#rtpSequence + 1) & 0xffff
      const packet = Buffer.allocUnsafe(RTP_HEADER + to - from)
      packet[0] = 0x80
      packet[1] = PAYLOAD_TYPE | (index === nals.length - 1 ? 0x80 : 0)
      packet.writeUInt16BE(this.#rtpSequence, 2)
      packet.writeUInt32BE(time, 4)
      packet.writeUInt32BE(0, 8)
      picture.copy(packet, RTP_HEADER, from, to)
      this.#events.packet('video', packet, 0, packet.length, arrivalMs)
    })
  }
}
