/**
 * A call of a dialler 拨号器 (SIA DC-05): handshake tones, its reports as digits, each kissed off only when it is journaled. A call in
 * which nothing was read, or something was left unread, is an alarm itself (rule 7).
 */

import type { Speech } from '../../gateway/core/placed-call.ts'
import type { AdapterHost, ArmState } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { joined, saying } from '../../gateway/core/words.ts'
import type { Kind } from '../kit/alarm-codes.ts'
import { CONDITION, contactIdReport, nameOf, placesOf, type Report } from '../kit/alarm-report.ts'
import { type DialledReport, MessageReader } from './contact-id-digits.ts'
import { eventIdOf } from './decode.ts'

/** Diallers wait up to half a minute for the handshake, and repeat a message four times. */
const UNREAD_MS = 30_000
/** Reports of one call that are taken; no panel has so many. */
const MAX_REPORTS = 64
/** 1400 Hz, then 2300 Hz, 100 ms each with 100 ms between them; again until the first digit. */
const HANDSHAKE: Speech = { pieces: [{ name: 'contact-id-handshake' }], repeat: true }
const KISS_OFF: Speech = { pieces: [{ name: 'contact-id-kiss-off' }], repeat: false }
const QUIET: Speech = { pieces: [], repeat: false }
const ARM: Readonly<Partial<Record<Kind, ArmState>>> = { open: 'disarmed', close: 'armed', stay: 'stay' }

export class DetectorTalk {
  readonly round = HANDSHAKE
  readonly #host: AdapterHost
  /** The call as it was journaled; nothing of it rings unless a report says so. */
  readonly #call: Signal
  readonly #say: (speech: Speech) => void
  readonly #reader = new MessageReader()
  readonly #kissedOff = new Set<string>()
  #quiet = false
  /** Something came that could not be read, and nothing readable after it. */
  #unread = true
  #stopWaiting: () => void = () => {}

  constructor(host: AdapterHost, call: Signal, say: (speech: Speech) => void) {
    this.#host = host
    this.#call = call
    this.#say = say
    this.#wait()
  }

  /** False when a report could not be stored: the dialler hears no kiss-off and sends it again. */
  async digit(key: string): Promise<boolean> {
    if (!this.#quiet) this.#say(QUIET)
    this.#quiet = true
    const message = this.#reader.push(key, this.#host.clock.now())
    if (!message) return true
    if (!message.ok) {
      this.#unread = true
      this.#wait()
      this.#host.reject(message.reason === 'sum' ? 'contactIdSum' : 'contactIdType', this.#call.origin)
      return true
    }
    return this.#take(message.report)
  }

  /** The call is over. */
  end(): void {
    this.#stopWaiting()
    if (this.#unread || this.#reader.pending) void this.#raiseUnread()
    this.#unread = false
  }

  async #take(dialled: DialledReport): Promise<boolean> {
    if (!this.#kissedOff.has(dialled.digits) && this.#kissedOff.size >= MAX_REPORTS) return true
    const report = contactIdReport(dialled)
    if (!(await this.#store(signalOf(this.#call, dialled, report, this.#host.clock.now())))) return false
    this.#kissedOff.add(dialled.digits)
    this.#unread = false
    this.#stopWaiting()
    this.#showArm(report)
    this.#say(KISS_OFF)
    return true
  }

  #showArm({ kind, partition = '-' }: Report): void {
    const state = ARM[kind]
    if (!state) return
    const { sourceId: deviceId, origin } = this.#call
    const atMs = this.#host.clock.now()
    this.#host.sighted({ deviceId, protocol: 'sip', state: 'seen', atMs, origin, arm: { [partition]: state } })
  }

  #wait(): void {
    this.#stopWaiting()
    this.#stopWaiting = this.#host.clock.after(UNREAD_MS, () => {
      this.#unread = false
      void this.#raiseUnread()
    })
  }

  /** Raised once a call, whatever the call itself raised. */
  #raiseUnread(): Promise<boolean> {
    const { eventId } = this.#call
    const said = saying({ zh: '拨号器来电，报告未能读出', en: 'A dialler called, its report could not be read' })
    const alarm = { qualifier: 'new', condition: 'alarm', alarmClass: 'unmapped' } as const
    return this.#store({ ...this.#call, ...alarm, eventId: eventIdOf(`${eventId}+unread`), ...said })
  }

  async #store(signal: Signal): Promise<boolean> {
    try {
      await this.#host.accept({ ...signal, receivedTimeMs: this.#host.clock.now() })
      return true
    } catch (error) {
      this.#host.reject('journalUnavailable', signal.origin, error instanceof Error ? error.message : String(error))
      return false
    }
  }
}

/** The event is the call and the digits: a message sent again for want of a kiss-off is one signal. */
function signalOf(call: Signal, dialled: DialledReport, report: Report, nowMs: number): Signal {
  const condition = CONDITION[report.kind]
  const account = { zh: `账号 ${dialled.account}`, en: `account ${dialled.account}` }
  const still = report.still ? [{ zh: '仍在', en: 'still present' }] : []
  return {
    ...call,
    qualifier: condition === 'heartbeat' ? 'status' : report.qualifier,
    condition,
    alarmClass: report.row?.alarmClass ?? 'unmapped',
    eventId: eventIdOf(`${call.eventId}+${dialled.digits}`),
    zone: report.zone,
    cause: report.row?.cause,
    receivedTimeMs: nowMs,
    ...saying(joined([nameOf(report), report.code, ...placesOf(report), account, ...still], ' · ')),
    raw: dialled.digits
  }
}
