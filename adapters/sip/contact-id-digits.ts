/** Contact ID as a dialler sends it in tones (SIA DC-05): sixteen digits, the last one a check; pure. */
import type { ContactIdEvent } from '../kit/alarm-report.ts'

/** One message whose check digit is right. */
export interface DialledReport extends ContactIdEvent {
  readonly account: string
  /** As received, for the engineer and to know a repetition. */
  readonly digits: string
}

/** `type`: no Contact ID message, though its sum is right. */
export type Message =
  | { readonly ok: true; readonly report: DialledReport }
  | { readonly ok: false; readonly reason: 'sum' | 'type' }

/** Of one message a digit every 0.1 s or so; after so long a pause what came before was no whole message. */
const PAUSE_MS = 1_500
const LENGTH = 16
/** Tones of the digits B to F; `0` counts as ten and there is no A (DC-05 table 1). */
const HEX: Readonly<Record<string, string>> = { '*': 'B', '#': 'C', A: 'D', B: 'E', C: 'F', D: '?' }
const VALUES = ' 123456789 BCDEF'

/** Gathers digits into messages. */
export class MessageReader {
  #digits = ''
  #lastMs = Number.NEGATIVE_INFINITY

  /** Digits of a message that is not whole. */
  get pending(): boolean {
    return this.#digits !== ''
  }

  /** The message that this digit ends. */
  push(key: string, nowMs: number): Message | undefined {
    if (nowMs - this.#lastMs > PAUSE_MS) this.#digits = ''
    this.#lastMs = nowMs
    this.#digits += HEX[key] ?? key
    if (this.#digits.length < LENGTH) return undefined
    const digits = this.#digits
    this.#digits = ''
    return readMessage(digits)
  }
}

/** `AAAA 18 Q EEE GG CCC S`, hex digits as B–F. */
export function readMessage(digits: string): Message {
  const match = /^([0-9B-F]{4})(18|98)([136])([0-9B-F]{3})([0-9B-F]{2})([0-9B-F]{3})[0-9B-F]$/.exec(digits)
  if ([...digits].reduce((sum, digit) => sum + digitValue(digit), 0) % 15 !== 0) return { ok: false, reason: 'sum' }
  if (!match) return { ok: false, reason: 'type' }
  const [, account = '', , q = '', event = '', group = '', number = ''] = match
  return { ok: true, report: { account, q, event, group, number, digits } }
}

function digitValue(digit: string): number {
  return digit === '0' ? 10 : VALUES.indexOf(digit)
}
