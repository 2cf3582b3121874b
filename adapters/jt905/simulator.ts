/** A taxi's in-vehicle unit that speaks real JT/T 905 over TCP or UDP: reports, presses, keeps its bit until the centre confirms. */
import { writeBcdTime } from '../kit/bcd.ts'
import { type TerminalWire, tcpWire, udpWire } from '../kit/simulated-wire.ts'
import { words } from '../kit/terminal-frame.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { type CabinCamera, createCabinCamera } from './simulated-camera.ts'

export interface IsuPlace {
  readonly lat: number
  readonly lon: number
  readonly speedKmh: number
  readonly headingDeg: number
}

export interface IsuOptions {
  readonly host: string
  readonly port: number
  /** TCP unless said. */
  readonly transport?: 'tcp' | 'udp'
  /** Twelve digits. */
  readonly isu: string
  /** Where the car is when a report is due; called once per report. */
  readonly place: () => IsuPlace
  readonly reportMs: number
  readonly heartbeatMs?: number
  /** An emergency report without an answer is sent again after this time, and after every reconnection. */
  readonly resendMs?: number
  readonly maxBackoffMs?: number
  /** The message that releases its bit: units follow one of the two. */
  readonly releasedBy?: 0x8203 | 0x8b0b
  /** Result of its 0x0001 for texts, calls and tracking, 0 unless told. */
  readonly textResult?: number
  /** Its pictures have no file header. */
  readonly isBare?: boolean
}

export interface SimulatedIsu {
  start(): void
  stop(): Promise<void>
  /** Presses the button; resolves with the milliseconds until the platform acknowledged the report. */
  press(): Promise<number>
  /** Lets the line go as a lost network does; the taxi comes back by itself. */
  drop(): void
  readonly status: {
    readonly online: boolean
    readonly pressed: boolean
    readonly connections: number
    /** Ids of the confirmations that arrived. */
    readonly confirmations: readonly number[]
    /** Bodies of 0x8300 as they came. */
    readonly texts: readonly Buffer[]
    /** Photos that the platform has answered for. */
    readonly photos: number
    /** Calls (0x8400), tracking (0x8202) and photos (0x8801) it was told. */
    readonly orders: readonly Pick<Frame, 'id' | 'body'>[]
  }
}

export function createIsu(options: IsuOptions): SimulatedIsu {
  return new Unit(options)
}

class Unit implements SimulatedIsu {
  private readonly options: IsuOptions
  private wire: TerminalWire | undefined
  private serial = 0
  private online = false
  private pressed = false
  private stopped = true
  private attempts = 0
  private connections = 0
  private readonly confirmations: number[] = []
  private readonly texts: Buffer[] = []
  private readonly orders: Pick<Frame, 'id' | 'body'>[] = []
  private timers: NodeJS.Timeout[] = []
  private reconnect: NodeJS.Timeout | undefined
  private urgent: { readonly frame: Frame; readonly done: () => void } | undefined

  private readonly camera: CabinCamera

  constructor(options: IsuOptions) {
    this.options = options
    const send = (id: number, body: Buffer) => this.send(id, body)
    this.camera = createCabinCamera({ isu: options.isu, isBare: options.isBare === true, send })
  }

  get status() {
    const { online, pressed, connections, confirmations, texts, orders } = this
    return { online, pressed, connections, confirmations, texts, orders, photos: this.camera.delivered }
  }

  start(): void {
    this.stopped = false
    this.dial()
  }

  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.reconnect)
    await this.wire?.end()
  }

  drop(): void {
    this.wire?.drop()
  }

  press(): Promise<number> {
    const startedMs = performance.now()
    this.pressed = true
    return new Promise(resolve => {
      const before = this.urgent?.done
      const done = () => {
        before?.()
        resolve(performance.now() - startedMs)
      }
      this.urgent = { frame: this.frame(0x0200, this.location()), done }
      this.wire?.write(encodeFrame(this.urgent.frame))
    })
  }

  private dial(): void {
    const { host, port, transport, reportMs, heartbeatMs = 60_000, resendMs = 5_000 } = this.options
    const deframer = createDeframer()
    const wire = (transport === 'udp' ? udpWire : tcpWire)(host, port)
    this.wire = wire
    wire.start({
      connected: () => {
        this.connections += 1
        // There is nothing to log in with: the first frame is a report.
        this.send(0x0200, this.location())
        this.resend()
        this.timers = [
          setInterval(() => this.send(0x0200, this.location()), reportMs),
          setInterval(() => this.send(0x0002, Buffer.alloc(0)), heartbeatMs),
          setInterval(() => this.resend(), resendMs)
        ]
      },
      bytes: chunk => {
        for (const candidate of deframer.push(chunk)) {
          const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
          if (frame.ok) this.receive(frame.value)
        }
      },
      closed: () => this.lost()
    })
  }

  private lost(): void {
    this.online = false
    for (const timer of this.timers) clearInterval(timer)
    this.timers = []
    if (this.stopped) return
    const backoffMs = Math.min(this.options.maxBackoffMs ?? 10_000, 500 * 2 ** this.attempts)
    this.attempts = Math.min(this.attempts + 1, 10)
    this.reconnect = setTimeout(() => this.dial(), backoffMs * (0.5 + Math.random() / 2))
  }

  private receive({ id, serial, body }: Frame): void {
    if (id === 0x8001 && body.length >= 5) {
      this.online = true
      this.attempts = 0
      this.camera.answered(body.readUInt16BE(0), body.readUInt8(4))
      if (this.urgent?.frame.serial !== body.readUInt16BE(0) || body.readUInt8(4) !== 0) return
      this.urgent.done()
      this.urgent = undefined
    } else if (id === 0x8300) {
      this.texts.push(body)
      this.send(0x0001, Buffer.concat([words(serial, id), Buffer.from([this.options.textResult ?? 0])]))
    } else if (id === 0x8801) {
      this.orders.push({ id, body })
      this.send(0x0001, Buffer.concat([words(serial, id), Buffer.from([this.options.textResult ?? 0])]))
      this.camera.order(body, serial)
    } else if (id === 0x8202 || id === 0x8400) {
      this.orders.push({ id, body })
      this.send(0x0001, Buffer.concat([words(serial, id), Buffer.from([this.options.textResult ?? 0])]))
    } else if (id === 0x8203 || id === 0x8b0a || id === 0x8b0b) {
      this.confirmations.push(id)
      this.send(0x0001, Buffer.concat([words(serial, id), Buffer.from([0])]))
      if (!this.pressed || id !== (this.options.releasedBy ?? 0x8b0b)) return
      this.pressed = false
      this.send(0x0200, this.location())
    }
  }

  private resend(): void {
    if (this.urgent) this.wire?.write(encodeFrame(this.urgent.frame))
    this.camera.resend()
  }

  private location(): Buffer {
    const { lat, lon, speedKmh, headingDeg } = this.options.place()
    const body = Buffer.alloc(19)
    body.writeUInt32BE(this.pressed ? 1 : 0, 0)
    // ACC on; south and west as the hemisphere demands.
    body.writeUInt32BE(0x100 | (lat < 0 ? 2 : 0) | (lon < 0 ? 4 : 0), 4)
    body.writeUInt32BE(Math.round(Math.abs(lat) * 600_000), 8)
    body.writeUInt32BE(Math.round(Math.abs(lon) * 600_000), 12)
    body.writeUInt16BE(Math.round(speedKmh * 10), 16)
    body.writeUInt8(Math.round(headingDeg / 2) % 180, 18)
    return Buffer.concat([body, writeBcdTime(Date.now())])
  }

  private frame(id: number, body: Buffer): Frame {
    this.serial = (this.serial + 1) & 0xffff
    return { id, isu: this.options.isu, serial: this.serial, body }
  }

  private send(id: number, body: Buffer): number {
    const frame = this.frame(id, body)
    this.wire?.write(encodeFrame(frame))
    return frame.serial
  }
}
