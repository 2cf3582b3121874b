/** The ringing tone of a caller who insists on hearing it (RFC 3262): numbered, and repeated until its PRACK comes. */
import { randomInt } from 'node:crypto'
import type { Clock } from '../../gateway/core/ports.ts'
import { type Header, header, headerValues, type SipRequest } from './frame.ts'
import type { CheckedRequest } from './request.ts'
import { GIVE_UP_MS, type ServerTransaction, T1_MS } from './transaction.ts'

/** True when a provisional answer must be sent reliably or not at all. */
export function wantsReliable(raw: SipRequest): boolean {
  return headerValues(raw, 'require').some(v => v.toLowerCase() === '100rel')
}

export class ReliableRinging {
  readonly #clock: Clock
  readonly #transaction: ServerTransaction
  #sequence = randomInt(1, 2 ** 31 - 1_000)
  #waiting = false
  #stop: () => void = () => {}

  constructor(clock: Clock, transaction: ServerTransaction) {
    this.#clock = clock
    this.#transaction = transaction
  }

  /** The next one waits for the PRACK of the last (§3). Nothing is rung without an offer: it would have to hold ours (§5), and no channel is open yet. */
  ring(toTag: string, headers: readonly Header[]): void {
    if (this.#waiting || this.#transaction.request.raw.body.length === 0) return
    this.#waiting = true
    this.#sequence++
    const numbered = [...headers, { name: 'require', value: '100rel' }, { name: 'rseq', value: String(this.#sequence) }]
    this.#transaction.respond({ status: 180, reason: 'Ringing', toTag, headers: numbered })
    this.#repeat(T1_MS, 0)
  }

  /** False for a PRACK that no tone waits for. */
  acknowledge(prack: CheckedRequest): boolean {
    const { request } = this.#transaction
    const words = (header(prack.raw, 'rack') ?? '').trim().split(/\s+/)
    const wanted = [String(this.#sequence), String(request.cseq.number), 'INVITE']
    if (!this.#waiting || words.join(' ') !== wanted.join(' ')) return false
    this.stop()
    return true
  }

  /** A final answer ends the repetitions too. */
  stop(): void {
    this.#waiting = false
    this.#stop()
  }

  /** A caller who never says PRACK is answered all the same: the tone is a courtesy, the answer is not. */
  #repeat(afterMs: number, waitedMs: number): void {
    this.#stop = this.#clock.after(afterMs, () => {
      if (waitedMs + afterMs >= GIVE_UP_MS) return
      this.#transaction.resend()
      this.#repeat(2 * afterMs, waitedMs + afterMs)
    })
  }
}
