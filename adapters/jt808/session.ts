/** One terminal's line, a connection or an address of UDP: frames in order, registration, authentication, answers; a bad frame never harms the next one. */
import { timingSafeEqual } from 'node:crypto'
import type { SourceId } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Sighting } from '../../gateway/core/ports.ts'
import type { Life } from '../kit/fleet-watch.ts'
import type { HeldLine } from '../kit/held-answers.ts'
import { isPersonal } from '../kit/personal-locator.ts'
import { answerBody, type Candidate, words } from '../kit/terminal-frame.ts'
import type { Line, Session } from '../kit/terminal-line.ts'
import type { Location } from '../kit/vehicle-press.ts'
import { type Arrival, type Link, positionOf } from '../kit/vehicles.ts'
import type { TerminalContext } from './context.ts'
import { decodeMessage, isSupported, type Message } from './decode.ts'
import { claimedBy } from './explain.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { createGaps, type Gaps } from './gaps.ts'
import { authKey, digest, sourceIdOf } from './identity.ts'
import type { PhotoLine } from './photos.ts'
import { isPlainReport, QuietLine } from './quiet-line.ts'
import { registration, TAKEN } from './registration.ts'

/** Results of 0x8001 (§8.2). */
const [DONE, FAILED, UNSUPPORTED] = [0, 1, 3] as const
/** Set in the id of every message that goes down to a terminal. */
const FROM_PLATFORM = 0x8000
const MAX_REFUSALS = 5
const LOGGED_OUT = 'log-out'
const ACC_ON = 1 // status bit 0
const QUIET_TRACE_MS = 5_000

export class Terminal implements Link, Session, Life {
  readonly origin: string
  readonly address: string
  lastFrameMs: number
  private frameAtMs = 0
  parked = false
  readonly canWait = isPlainReport
  private readonly line: Line
  private readonly context: TerminalContext
  private readonly gaps: Gaps
  private readonly photos: PhotoLine
  private readonly out: HeldLine
  private readonly quiet: QuietLine
  private serial = 0
  private tracedMs = 0
  private quickUntilMs = 0
  /** The frame under work was not kept, so neither is its plain answer. */
  private untraced = false
  private refusals = 0
  private phone: string | undefined
  private lastSource: { readonly phone: string; readonly sourceId: SourceId } | undefined
  /** Digest of the code this line has authenticated with. */
  private proof = ''
  private header: Pick<Frame, 'v2019' | 'phone'> = { v2019: false, phone: '0' }

  constructor(line: Line, context: TerminalContext) {
    this.line = line
    this.context = context
    this.address = line.address
    this.origin = line.origin
    this.lastFrameMs = context.host.clock.steady()
    this.photos = context.photos.open(this)
    this.gaps = createGaps(this, context.host)
    this.out = context.answers.open(
      bytes => line.write(bytes),
      () => this.quiet.tell()
    )
    this.quiet = new QuietLine(location => this.place(location))
  }

  /** The edition by its last header. */
  get v2019(): boolean {
    return this.header.v2019
  }

  /** Where the terminal has connected to; not over UDP. */
  get localAddress(): string | undefined {
    return this.line.localAddress
  }

  get authenticated(): boolean {
    return this.phone !== undefined
  }

  close(): void {
    this.line.close()
  }

  send(messageId: number, body: Buffer): number {
    this.out.write(this.encoded(messageId, body))
    return this.serial
  }

  /** With the next serial, kept for the page of its source. */
  private encoded(messageId: number, body: Buffer): Buffer {
    this.serial = (this.serial + 1) & 0xffff
    const bytes = encodeFrame({ ...this.header, id: messageId, serial: this.serial, body })
    if (!this.untraced || messageId !== 0x8001)
      this.context.host.trace?.({ source: sourceIdOf(this.header.phone), origin: this.origin, bytes, out: true })
    return bytes
  }

  /** By far the most of a platform whose vehicles report every second. One in five to ten seconds is worked in full, with all that is asked there. */
  quick(escaped: Buffer, receivedMs: number): boolean {
    if (this.phone === undefined || receivedMs < this.tracedMs || receivedMs >= this.quickUntilMs) return false
    const report = this.quiet.take(escaped)
    if (report === undefined) return false
    this.lastFrameMs = this.context.host.clock.steady()
    this.frameAtMs = receivedMs
    this.serial = (this.serial + 1) & 0xffff
    this.out.report(this.quiet.answer(this.serial, report), receivedMs)
    return true
  }

  /** Where the last of the quick ones said that it is. */
  private place(location: Location): void {
    const { phone } = this
    if (phone === undefined) return
    if (this.context.host.known(this.sourceOf(phone))) this.position({ phone, receivedMs: this.frameAtMs }, location)
    // An approval was taken back: the next report is refused as ever.
    else this.quiet.pause()
  }

  take(candidate: Candidate, receivedMs: number): Promise<void> | undefined {
    const { host } = this.context
    this.quiet.pause()
    const decoded = candidate.ok ? decodeFrame(candidate.value) : candidate
    if (!candidate.ok || !decoded.ok) {
      if (!decoded.ok) host.reject(decoded.reason, this.origin, decoded.detail)
      if (candidate.ok && !decoded.ok)
        host.trace?.({
          ...{ source: claimedBy(candidate.value), origin: this.origin, bytes: candidate.value, fault: decoded.reason }
        })
      return undefined
    }
    this.lastFrameMs = this.context.host.clock.steady()
    this.frameAtMs = receivedMs
    this.trace(decoded.value, candidate.value, receivedMs)
    // Messages of a platform: an answer could be answered by the other side for ever.
    if (decoded.value.id & FROM_PLATFORM) {
      host.reject('platformMessage', this.origin, `0x${decoded.value.id.toString(16)}`)
      return undefined
    }
    // Not the frame itself: it would keep the whole read that it came with until the next one.
    const { v2019, phone } = decoded.value
    if (phone !== this.header.phone || v2019 !== this.header.v2019) this.header = { v2019, phone }
    try {
      const handled = this.handle(decoded.value, candidate.value)
      if (handled) return this.settled(handled, candidate.value)
    } catch (error) {
      this.failed(error, candidate.value)
    }
    this.endGuessing()
    return undefined
  }

  /** Parts of photos are evidence, not words of the protocol; of a stream of quiet positions one in five seconds says as much. */
  private trace({ id: messageId, phone, body }: Frame, bytes: Buffer, receivedMs: number): void {
    const quiet = messageId === 0x0200 && ((body[3] ?? 0) & 1) === 0
    this.untraced = messageId === 0x0801 || (quiet && receivedMs - this.tracedMs < QUIET_TRACE_MS)
    if (this.untraced) return
    if (quiet) {
      this.tracedMs = receivedMs
      // Each at another time: terminals that were switched on together do not go the long way together ever after.
      this.quickUntilMs = receivedMs + QUIET_TRACE_MS * (1 + Math.random())
    }
    const moves = messageId >= 0x0200
    this.context.host.trace?.({ source: sourceIdOf(phone), origin: this.origin, bytes, moves })
  }

  private async settled(handled: Promise<void>, bytes: Buffer): Promise<void> {
    await handled.catch(error => this.failed(error, bytes))
    this.endGuessing()
  }

  /** Not stored, so not acknowledged: the terminal sends it again (invariant 1). Anything else is our own fault, said loudly. */
  private failed(error: unknown, bytes: Buffer): void {
    const { host } = this.context
    const ours = !(error instanceof GatewayError)
    const raw = bytes.toString('hex')
    if (ours) host.log.error({ origin: this.origin, error, raw }, 'frame could not be handled')
    host.reject(ours ? 'internal' : 'notStored', this.origin, error instanceof Error ? error.message : String(error))
  }

  /** Guessing codes and phones costs a connection for every five tries; the answer went out before. */
  private endGuessing(): void {
    if (this.refusals >= MAX_REFUSALS) this.line.end()
  }

  /** Undefined when it is done at once. */
  private handle(part: Frame, raw: Buffer): Promise<void> | undefined {
    if (part.id === 0x0801) {
      this.photos.take(part, this.phone === part.phone)
      return undefined
    }
    let frame = part
    let serials: readonly number[] = [part.serial]
    if (part.part) {
      const assembly = this.assemble(part)
      if (!assembly) return undefined
      frame = assembly.frame
      serials = assembly.serials
    }
    const message = decodeMessage(frame)
    if (!message.ok) {
      this.context.host.reject(message.reason, this.origin, message.detail)
      this.answer(part, serials, message.reason === 'encrypted' ? UNSUPPORTED : 2)
      return undefined
    }
    // An approval may be taken back while the terminal is on line.
    const verified = this.phone === frame.phone && this.context.host.known(this.sourceOf(frame.phone))
    const arrival: Arrival = {
      phone: frame.phone,
      verified,
      by: verified ? this.proof : this.origin,
      serial: frame.serial,
      link: this,
      receivedMs: this.frameAtMs,
      raw
    }
    if (message.value.kind === 'location') return this.located(message.value.location, part, serials, arrival)
    return this.act(message.value, frame, arrival).then(result => {
      if (result !== undefined) this.answer(part, serials, result)
    })
  }

  /** The whole message when this is its last part. */
  private assemble(part: Frame): { readonly frame: Frame; readonly serials: readonly number[] } | undefined {
    if (!isSupported(part.id)) {
      this.answer(part, [part.serial], UNSUPPORTED)
      return undefined
    }
    return this.gaps.add(part, this.phone === part.phone)
  }

  /** By far the most that comes, so nothing waits that need not. */
  private located(
    location: Location,
    part: Frame,
    serials: readonly number[],
    arrival: Arrival
  ): Promise<void> | undefined {
    const { host, vehicles, persons, accidents, orders } = this.context
    if (arrival.verified) {
      // A watch has no engine: it is missed whatever this bit says.
      this.parked = (location.statusBits & ACC_ON) === 0 && !isPersonal(host, this.sourceOf(arrival.phone))
      this.position(arrival, location)
    }
    const done = () => {
      orders.reported(arrival, location, accidents.isOpen(arrival.phone))
      // A datagram with several answers is not every terminal's business.
      if (location.emergency || stored || serials.length > 1 || !this.line.stream) {
        this.answer(part, serials, location.emergency || this.proven(arrival) ? DONE : FAILED)
        return
      }
      // It makes the next ones quick. A person's watch has more to say than its place.
      if (arrival.verified && !part.part && !isPersonal(host, this.sourceOf(arrival.phone)))
        this.quiet.resume(arrival.raw)
      const body = answerBody(part.serial, part.id, this.proven(arrival) ? DONE : FAILED)
      this.out.report(this.encoded(0x8001, body), arrival.receivedMs)
    }
    const press = vehicles.live(arrival, location)
    const more = persons.live(arrival, location) ?? accidents.live(arrival, location)
    const stored = press && more ? Promise.all([press, more]) : (press ?? more)
    if (stored) return stored.then(done)
    done()
    return undefined
  }

  private answer(frame: Frame, serials: readonly number[], result: number): void {
    for (const serial of serials) this.send(0x8001, answerBody(serial, frame.id, result))
  }

  /** The result for 0x8001, or undefined when the message has an answer of its own or none. */
  private async act(
    message: Exclude<Message, { kind: 'location' }>,
    frame: Frame,
    arrival: Arrival
  ): Promise<number | undefined> {
    switch (message.kind) {
      case 'register':
        await this.register(message, frame)
        return undefined
      case 'authenticate':
        return this.authenticate(message, frame.phone)
      case 'answer':
        this.context.orders.answered(this, message)
        await this.context.vehicles.answered(arrival, message)
        return undefined
      case 'batch':
        await Promise.all([
          this.context.vehicles.batch(arrival, message.locations),
          this.context.persons.batch(arrival, message.locations),
          this.context.accidents.batch(arrival, message.locations)
        ])
        return message.locations.some(location => location.emergency) || this.proven(arrival) ? DONE : FAILED
      case 'heartbeat':
      case 'mediaNews':
        return this.proven(arrival) ? DONE : FAILED
      case 'logout':
        this.signOff(LOGGED_OUT)
        return DONE
      case 'unsupported':
        return UNSUPPORTED
    }
  }

  private position(arrival: Pick<Arrival, 'phone' | 'receivedMs'>, location: Location): void {
    const position = positionOf(location, arrival.receivedMs, this.context.config.datum)
    if (position) this.context.host.position(this.sourceOf(arrival.phone), position)
  }

  /** The same for every report of a line. */
  private sourceOf(phone: string): SourceId {
    if (this.lastSource?.phone !== phone) this.lastSource = { phone, sourceId: sourceIdOf(phone) }
    return this.lastSource.sourceId
  }

  /** An emergency is taken from anybody; everything else only from a vehicle that has authenticated on this connection. */
  private proven(arrival: Arrival): boolean {
    if (!arrival.verified) this.context.host.reject('notAuthenticated', this.origin, arrival.phone)
    return arrival.verified
  }

  private async register(message: Message & { kind: 'register' }, frame: Frame): Promise<void> {
    const { maker, model, plate, terminalId } = message
    this.sighted(frame.phone, 'seen', { maker, model, detail: { plate, terminalId } })
    const answer = await registration(message, frame.phone, this, this.context)
    if (!answer.code && answer.result !== TAKEN) this.refusals += 1
    const code = Buffer.from(answer.code ?? '', 'latin1')
    this.send(0x8100, Buffer.concat([words(frame.serial), Buffer.from([answer.result]), code]))
  }

  private authenticate(message: Message & { kind: 'authenticate' }, phone: string): number {
    const { host, online } = this.context
    const stored = Buffer.from(host.recall(authKey(phone)) ?? '', 'hex')
    const given = digest(message.code)
    if (stored.length !== given.length || !timingSafeEqual(stored, given) || !host.known(sourceIdOf(phone))) {
      host.reject('wrongCode', this.origin, phone)
      this.refusals += 1
      return FAILED
    }
    if (this.phone !== phone) this.signOff('another phone')
    const older = online.get(phone)
    online.set(phone, this)
    this.phone = phone
    this.proof = given.toString('hex')
    if (older && older !== this) older.close()
    this.context.watch.here(phone, this)
    this.sighted(phone, 'online', { firmware: message.firmware })
    return DONE
  }

  private signOff(why: string): void {
    const { online, watch } = this.context
    if (!this.phone || online.get(this.phone) !== this) return
    online.delete(this.phone)
    if (why === LOGGED_OUT) watch.left(this.phone)
    else watch.gone(this.phone, this)
    this.parked = false
    this.sighted(this.phone, 'offline', { detail: { why } })
    this.phone = undefined
  }

  private sighted(phone: string, state: Sighting['state'], more: Partial<Sighting>): void {
    const { host } = this.context
    const atMs = host.clock.now()
    host.sighted({ deviceId: sourceIdOf(phone), protocol: 'jt808', state, atMs, origin: this.origin, ...more })
  }

  ended(): void {
    this.quiet.pause()
    this.signOff('connection closed')
    this.context.vehicles.detach(this)
    this.context.orders.detach(this)
    this.photos.close()
    this.gaps.close()
    this.out.drop()
  }
}
