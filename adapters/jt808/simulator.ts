/** A taxi's terminal that speaks real JT/T 808 over TCP or UDP: registers, authenticates, reports, presses, keeps its bit until 0x8203. */

import { writeBcdTime } from '../kit/bcd.ts'
import { writeGb18030 } from '../kit/gb18030.ts'
import { type TerminalWire, tcpWire, udpWire } from '../kit/simulated-wire.ts'
import { words } from '../kit/terminal-frame.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { type CabinCamera, createCabinCamera } from './simulated-camera.ts'
import { type CabinVideo, type CabinVideoOptions, createCabinVideo } from './simulated-video.ts'

export interface TaxiPlace {
  readonly lat: number
  readonly lon: number
  readonly speedKmh: number
  readonly headingDeg: number
}

export interface TaxiOptions {
  readonly host: string
  readonly port: number
  /** TCP unless said. */
  readonly transport?: 'tcp' | 'udp'
  /** Twelve digits (2011, 2013) or up to twenty (2019). */
  readonly phone: string
  readonly plate: string
  readonly version: 2011 | 2013 | 2019
  /** Where the car is when a report is due; called once per report. */
  readonly place: () => TaxiPlace
  readonly reportMs: number
  readonly heartbeatMs?: number
  /** An emergency report without an answer is sent again after this time, and after every reconnection. */
  readonly resendMs?: number
  readonly maxBackoffMs?: number
  /** A taxi that ignores 0x8203, as a jammed button does. */
  readonly jammed?: boolean
  /** Parts of a photo that get lost on their first way. */
  readonly lostPhotoParts?: readonly number[]
  /** Result of its 0x0001 for texts and calls: 0 done (the default), 1 failed, 2 wrong, 3 not supported. */
  readonly orderResult?: number
  /** How its cabin's sound is coded, A-law unless said. */
  readonly sound?: CabinVideoOptions['sound']
  /** What it says of itself when it registers; the end of its number unless said. */
  readonly terminalId?: string
  /** A person's watch or pendant: no engine. */
  readonly isWatch?: boolean
}

export interface Taxi {
  start(): void
  stop(): Promise<void>
  /** Presses the button; resolves with the milliseconds until the platform acknowledged the report. */
  press(): Promise<number>
  /** Lets the connection go as a lost network does; the taxi comes back by itself. */
  drop(): void
  /** Gone without a word, and does not come back: an empty battery. */
  vanish(): Promise<void>
  readonly status: {
    readonly online: boolean
    readonly pressed: boolean
    readonly connections: number
    /** 0x8203 messages that arrived, with the alarm serial they named. */
    readonly confirmations: readonly number[]
    readonly lastPressSerial: number
    /** Intervals in seconds that 0x8202 asked for. */
    readonly tracking: readonly number[]
    /** Photos that the platform has answered for. */
    readonly photos: number
    /** Of the cabin camera. */
    readonly video: Pick<CabinVideo, 'sending' | 'heard' | 'transport' | 'asked' | 'ended'>
    /** 0x8300 and 0x8400 as they came: message id and body. */
    readonly orders: readonly { readonly id: number; readonly body: Buffer }[]
  }
}

const CHINA_PROVINCE_FUJIAN = 35
const CITY = 981

export function createTaxi(options: TaxiOptions): Taxi {
  return new Terminal(options)
}

class Terminal implements Taxi {
  private readonly options: TaxiOptions
  private wire: TerminalWire | undefined
  private serial = 0
  private code: string | undefined
  private online = false
  private pressed = false
  private stopped = true
  private attempts = 0
  private connections = 0
  private confirmations: number[] = []
  private lastPressSerial = -1
  private tracking: number[] = []
  private orders: { readonly id: number; readonly body: Buffer }[] = []
  private readonly camera: CabinCamera
  private readonly video: CabinVideo
  private timers: NodeJS.Timeout[] = []
  private reconnect: NodeJS.Timeout | undefined
  private unanswered: NodeJS.Timeout | undefined
  private urgent: { readonly bytes: Buffer; readonly serial: number; readonly done: () => void } | undefined

  constructor(options: TaxiOptions) {
    this.options = options
    this.video = createCabinVideo({ phone: options.phone, plate: options.plate, sound: options.sound })
    this.camera = createCabinCamera({
      location: () => this.location(),
      send: (id, body, part) => this.send(id, body, part),
      is2011: options.version === 2011,
      lost: options.lostPhotoParts
    })
  }

  get status() {
    const { online, pressed, connections, confirmations, lastPressSerial, tracking, orders, video } = this
    const photos = this.camera.delivered.length
    return { online, pressed, connections, confirmations, lastPressSerial, tracking, orders, photos, video }
  }

  start(): void {
    this.stopped = false
    this.dial()
  }

  async vanish(): Promise<void> {
    this.online = false
    await this.stop()
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.video.stop()
    clearTimeout(this.reconnect)
    clearTimeout(this.unanswered)
    if (this.online) this.send(0x0003, Buffer.alloc(0))
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
      const frame = this.frame(0x0200, this.location())
      this.lastPressSerial = frame.serial
      const done = () => {
        before?.()
        resolve(performance.now() - startedMs)
      }
      this.urgent = { bytes: encodeFrame(frame), serial: frame.serial, done }
      if (this.online) this.wire?.write(this.urgent.bytes)
    })
  }

  private dial(): void {
    const { host, port, transport } = this.options
    const deframer = createDeframer()
    const wire = (transport === 'udp' ? udpWire : tcpWire)(host, port)
    this.wire = wire
    wire.start({
      connected: () => {
        this.connections += 1
        this.introduce()
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

  /** Registers or authenticates; over UDP again until there is an answer, as a datagram may be lost. */
  private introduce(): void {
    if (this.code === undefined) this.register()
    else this.authenticate(this.code)
    if (this.options.transport !== 'udp') return
    clearTimeout(this.unanswered)
    this.unanswered = setTimeout(
      () => !this.online && !this.stopped && this.introduce(),
      this.options.resendMs ?? 5_000
    )
  }

  private lost(): void {
    this.online = false
    for (const timer of this.timers) clearInterval(timer)
    this.timers = []
    if (this.stopped) return
    const backoffMs = Math.min(this.options.maxBackoffMs ?? 10_000, 500 * 2 ** this.attempts)
    this.attempts = Math.min(this.attempts + 1, 10)
    // A fleet whose platform restarts must not come back in one instant.
    this.reconnect = setTimeout(() => this.dial(), backoffMs * (0.5 + Math.random() / 2))
  }

  private receive(frame: Frame): void {
    if (frame.id === 0x8100 && frame.body.length >= 3) {
      this.code = frame.body[2] === 0 ? frame.body.toString('latin1', 3) : undefined
      if (this.code === undefined) this.drop()
      else this.authenticate(this.code)
    } else if (frame.id === 0x8001 && frame.body.length >= 5) {
      this.answered(frame.body.readUInt16BE(0), frame.body.readUInt16BE(2), frame.body.readUInt8(4))
    } else if (frame.id === 0x8203 && frame.body.length >= 6) {
      this.confirmations.push(frame.body.readUInt16BE(0))
      this.done(frame)
      if (this.options.jammed || (frame.body.readUInt32BE(2) & 1) === 0) return
      this.pressed = false
      this.report()
    } else if (frame.id === 0x8202 && frame.body.length >= 2) {
      this.tracking.push(frame.body.readUInt16BE(0))
      this.done(frame)
    } else if (frame.id === 0x8801 && frame.body.length >= 12) {
      this.done(frame)
      this.camera.order(frame.body)
    } else if (frame.id === 0x9101) {
      this.done(frame)
      this.video.ask(frame.body)
    } else if (frame.id === 0x9102) {
      this.done(frame)
      this.video.end(frame.body)
    } else if (frame.id === 0x8300 || frame.id === 0x8400) {
      this.orders.push({ id: frame.id, body: frame.body })
      this.done(frame, this.options.orderResult)
    } else if (frame.id === 0x8800 && frame.body.length >= 4) {
      this.camera.answered(frame.body)
    }
  }

  private done(frame: Frame, result = 0): void {
    this.send(0x0001, Buffer.concat([words(frame.serial, frame.id), Buffer.from([result])]))
  }

  private answered(serial: number, id: number, result: number): void {
    if (this.online && result === 1) {
      // The platform knows this line no more (over UDP nothing else says so).
      this.online = false
      this.introduce()
    } else if (id === 0x0102) {
      if (result === 0) this.authenticated()
      else {
        // The platform has forgotten the code: register anew.
        this.code = undefined
        this.drop()
      }
    } else if (this.urgent && id === 0x0200 && serial === this.urgent.serial && result === 0) {
      this.urgent.done()
      this.urgent = undefined
    }
  }

  private authenticated(): void {
    this.online = true
    this.attempts = 0
    const { reportMs, heartbeatMs = 60_000, resendMs = 5_000 } = this.options
    if (this.urgent) this.wire?.write(this.urgent.bytes)
    else this.report()
    this.camera.resend()
    for (const timer of this.timers) clearInterval(timer)
    this.timers = [
      setInterval(() => this.report(), reportMs),
      setInterval(() => this.send(0x0002, Buffer.alloc(0)), heartbeatMs),
      setInterval(() => this.urgent && this.wire?.write(this.urgent.bytes), resendMs),
      setInterval(() => this.camera.resend(), 4 * resendMs)
    ]
  }

  private report(): void {
    if (this.online) this.send(0x0200, this.location())
  }

  private register(): void {
    const { plate, version, phone, isWatch, terminalId = phone.slice(-7) } = this.options
    const [maker, model, terminal] = { 2011: [5, 8, 7], 2013: [5, 20, 7], 2019: [11, 30, 30] }[version]
    const body = Buffer.concat([
      words(CHINA_PROVINCE_FUJIAN, CITY),
      writeGb18030('PINGA', maker),
      writeGb18030(isWatch ? 'SIM-WATCH' : 'SIM-TAXI', model),
      writeGb18030(terminalId, terminal),
      Buffer.from([2]),
      writeGb18030(plate)
    ])
    this.send(0x0100, body)
  }

  private authenticate(code: string): void {
    const text = Buffer.from(code, 'latin1')
    const imei = writeGb18030(this.options.phone.slice(-15).padStart(15, '0'), 15)
    const body =
      this.options.version === 2019
        ? Buffer.concat([Buffer.from([text.length]), text, imei, writeGb18030('sim-1.0', 20)])
        : text
    this.send(0x0102, body)
  }

  private location(): Buffer {
    const { lat, lon, speedKmh, headingDeg } = this.options.place()
    const body = Buffer.alloc(22)
    body.writeUInt32BE(this.pressed ? 1 : 0, 0)
    // ACC on where there is an engine, positioned; south and west as the hemisphere demands.
    body.writeUInt32BE((this.options.isWatch ? 2 : 3) | (lat < 0 ? 4 : 0) | (lon < 0 ? 8 : 0), 4)
    body.writeUInt32BE(Math.round(Math.abs(lat) * 1e6), 8)
    body.writeUInt32BE(Math.round(Math.abs(lon) * 1e6), 12)
    body.writeUInt16BE(38, 16)
    body.writeUInt16BE(Math.round(speedKmh * 10), 18)
    body.writeUInt16BE(Math.round(headingDeg) % 360, 20)
    return Buffer.concat([body, writeBcdTime(Date.now())])
  }

  private frame(id: number, body: Buffer): Omit<Frame, 'encryption'> {
    this.serial = (this.serial + 1) & 0xffff
    return { id, v2019: this.options.version === 2019, phone: this.options.phone, serial: this.serial, body }
  }

  private send(id: number, body: Buffer, part?: Frame['part']): void {
    this.wire?.write(encodeFrame({ ...this.frame(id, body), ...(part ? { part } : {}) }))
  }
}
