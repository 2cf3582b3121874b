/** One line of a taxi that speaks JT/T 905: frames in order, answers, and who speaks for a vehicle, since the protocol has no log-in. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost, Sighting } from '../../gateway/core/ports.ts'
import type { FleetWatch, Life } from '../kit/fleet-watch.ts'
import type { PressAsks } from '../kit/press-asks.ts'
import { answerBody, type Candidate } from '../kit/terminal-frame.ts'
import type { Line, Session } from '../kit/terminal-line.ts'
import type { Location } from '../kit/vehicle-press.ts'
import { type Arrival, type Link, positionOf, type Vehicles } from '../kit/vehicles.ts'
import type { Jt905Config } from './config.ts'
import { decodeMessage, type Message } from './decode.ts'
import { claimedBy } from './explain.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'
import type { PhotoLine, Photos } from './photos.ts'

/** Results of 0x8001; the standard knows no "not supported". */
const DONE = 0
const FAILED = 1
const WRONG = 2
/** Set in the id of every message that goes down to a vehicle. */
const FROM_PLATFORM = 0x8000
/** Unknown vehicles of one line that are shown to the administrator. */
const MAX_ASKED = 32

const PICTURE = 0x0800
/** Status bit 8. */
const ACC_ON = 0x100

/** A vehicle that this line speaks for; its own last word, since a concentrator's line lives on without it. */
type Held = { -readonly [K in keyof Life]: Life[K] }

export interface IsuContext {
  readonly host: AdapterHost
  readonly config: Jt905Config
  readonly vehicles: Vehicles
  readonly asks: PressAsks
  readonly photos: Photos
  /** The address is one of a closed line. */
  readonly trusted: (address: string) => boolean
  readonly watch: FleetWatch
  /** The line that speaks for each known vehicle. */
  readonly holders: Map<string, Isu>
}

export class Isu implements Link, Session {
  readonly origin: string
  readonly address: string
  lastFrameMs: number
  private readonly line: Line
  private readonly context: IsuContext
  private readonly trusted: boolean
  private readonly photos: PhotoLine
  private serial = 0
  private isu = '0'
  /** Vehicles this line speaks for: a concentrator has several. */
  private readonly held = new Map<string, Held>()
  private readonly asked = new Set<string>()

  constructor(line: Line, context: IsuContext) {
    this.line = line
    this.context = context
    this.address = line.address
    this.origin = line.origin
    this.trusted = context.trusted(line.address)
    this.lastFrameMs = context.host.clock.steady()
    this.photos = context.photos.open(this)
  }

  /** There is no log-in; a vehicle of the registry on a closed line is as proven as this protocol can be. */
  get authenticated(): boolean {
    return this.trusted && this.held.size > 0
  }

  get isOurs(): boolean {
    return this.held.size > 0
  }

  send(messageId: number, body: Buffer, isu = this.isu): number {
    this.serial = (this.serial + 1) & 0xffff
    const bytes = encodeFrame({ id: messageId, isu, serial: this.serial, body })
    this.context.host.trace?.({ source: sourceIdOf(isu), origin: this.origin, bytes, out: true })
    this.line.write(bytes)
    return this.serial
  }

  async take(candidate: Candidate, receivedMs: number): Promise<void> {
    const { host } = this.context
    const decoded = candidate.ok ? decodeFrame(candidate.value) : candidate
    if (!candidate.ok || !decoded.ok) {
      if (!decoded.ok) host.reject(decoded.reason, this.origin, decoded.detail)
      if (candidate.ok && !decoded.ok)
        host.trace?.({
          ...{ source: claimedBy(candidate.value), origin: this.origin, bytes: candidate.value, fault: decoded.reason }
        })
      return
    }
    const frame = decoded.value
    this.lastFrameMs = this.context.host.clock.steady()
    // Pieces of photos are evidence, not words of the protocol.
    if (frame.id !== PICTURE)
      host.trace?.({
        ...{ source: sourceIdOf(frame.isu), origin: this.origin, bytes: candidate.value, moves: frame.id >= 0x0200 }
      })
    // An answer to a platform could be answered by it for ever.
    if (frame.id & FROM_PLATFORM) return host.reject('platformMessage', this.origin, `0x${frame.id.toString(16)}`)
    this.isu = frame.isu
    try {
      await this.handle(frame, candidate.value, receivedMs)
    } catch (error) {
      // Not stored, so not acknowledged: the vehicle sends it again (invariant 1). Anything else is our own fault, said loudly.
      const ours = !(error instanceof GatewayError)
      const raw = candidate.value.toString('hex')
      if (ours) host.log.error({ origin: this.origin, error, raw }, 'frame could not be handled')
      host.reject(ours ? 'internal' : 'notStored', this.origin, error instanceof Error ? error.message : String(error))
    }
  }

  private async handle(frame: Frame, raw: Buffer, receivedMs: number): Promise<void> {
    // Beside the other frames: a press must not wait behind a picture.
    if (frame.id === PICTURE)
      return this.photos.take(
        frame,
        this.speaksFor(frame.isu) && this.trusted && this.context.host.known(sourceIdOf(frame.isu))
      )
    const message = decodeMessage(frame)
    if (!message.ok) {
      this.context.host.reject(message.reason, this.origin, message.detail)
      return this.answer(frame, WRONG)
    }
    const speaks = this.speaksFor(frame.isu)
    const verified = this.trusted && this.context.host.known(sourceIdOf(frame.isu))
    const arrival: Arrival = {
      phone: frame.isu,
      verified,
      // Without a log-in a vehicle that came back is known by nothing but its address.
      by: verified ? 'trusted' : this.address,
      serial: frame.serial,
      link: this,
      receivedMs,
      raw
    }
    const result = await this.act(message.value, arrival, speaks)
    if (result !== undefined) this.answer(frame, result)
  }

  private answer(frame: Frame, result: number): void {
    this.send(0x8001, answerBody(frame.serial, frame.id, result), frame.isu)
  }

  /** The result for 0x8001, or undefined when there is none. */
  private async act(message: Message, arrival: Arrival, speaks: boolean): Promise<number | undefined> {
    const { vehicles, host } = this.context
    const taken = (emergency: boolean) => {
      if (!speaks) host.reject('notThisVehicle', this.origin, arrival.phone)
      return speaks || emergency ? DONE : FAILED
    }
    switch (message.kind) {
      case 'answer':
        this.context.asks.answered(this, message)
        await vehicles.answered(arrival, message)
        return undefined
      case 'location':
        if (speaks) this.place(arrival, message.location)
        await vehicles.live(arrival, message.location)
        if (speaks) this.context.asks.reported(arrival, message.location)
        return taken(message.location.emergency)
      case 'batch':
        await vehicles.batch(arrival, message.locations)
        return taken(message.locations.some(location => location.emergency))
      case 'heartbeat':
      case 'passedOver':
        return taken(false)
      case 'unsupported':
        return FAILED
    }
  }

  private place(arrival: Arrival, location: Location): void {
    const held = this.held.get(arrival.phone)
    if (held) held.parked = (location.statusBits & ACC_ON) === 0
    const position = positionOf(location, arrival.receivedMs, this.context.config.datum)
    if (position) this.context.host.position(sourceIdOf(arrival.phone), position)
  }

  /**
   * A vehicle of the registry belongs to the line that spoke last from the same address, from a closed line, or when nobody else
   * has spoken for it for `idleTimeoutMs`. Whoever else uses its number can raise an alarm and nothing more.
   */
  private speaksFor(isu: string): boolean {
    const { host, config, holders, watch } = this.context
    if (!host.known(sourceIdOf(isu))) return this.unknown(isu)
    const holder = holders.get(isu)
    const held = this.held.get(isu)
    if (holder === this && held) {
      held.lastFrameMs = this.lastFrameMs
      return true
    }
    if (config.trusted.length > 0 && !this.trusted) return false
    const silent = !holder || host.clock.steady() - holder.lastFrameMs >= config.idleTimeoutMs
    if (!silent && !this.trusted && holder.address !== this.address) return false
    holder?.held.delete(isu)
    holders.set(isu, this)
    const life = { origin: this.origin, address: this.address, lastFrameMs: this.lastFrameMs, parked: false }
    this.held.set(isu, life)
    watch.here(isu, life)
    this.sighted(isu, 'online')
    return true
  }

  /** On a closed line a new taxi is shown to the administrator, once per line; anywhere else a number costs nothing to invent. */
  private unknown(isu: string): false {
    const { host } = this.context
    if (this.trusted && !this.asked.has(isu) && this.asked.size < MAX_ASKED) {
      this.asked.add(isu)
      host.applied?.({ sourceId: sourceIdOf(isu), origin: this.origin })
    }
    return false
  }

  private sighted(isu: string, state: Sighting['state'], more: Partial<Sighting> = {}): void {
    const { host } = this.context
    const atMs = host.clock.now()
    host.sighted({ deviceId: sourceIdOf(isu), protocol: 'jt905', state, atMs, origin: this.origin, ...more })
  }

  ended(): void {
    for (const [isu, life] of this.held) {
      this.context.holders.delete(isu)
      this.context.watch.gone(isu, life)
      this.sighted(isu, 'offline', { detail: { why: 'connection closed' } })
    }
    this.held.clear()
    this.photos.close()
    this.context.vehicles.detach(this)
    this.context.asks.detach(this)
  }
}

/** `jt905:` and the digits of the ISU. */
function sourceIdOf(isu: string): SourceId {
  return id<SourceId>(`jt905:${isu}`)
}
