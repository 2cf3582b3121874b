/** Reliable ringing tones of who we ring (RFC 3262 §4): each told once by PRACK that it was heard, in its order, in the dialog it opens. */
import { type Header, header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import { parseCSeq } from './headers.ts'
import { OutgoingDialog, tagOf } from './outgoing-dialog.ts'

/** A forked INVITE may ring at many; of each further one the tone is passed over. */
const MAX_RINGING = 10
const MAX_RSEQ = 2 ** 31

interface Ringing {
  readonly dialog: OutgoingDialog
  /** The tone heard last. */
  rseq: number
  /** The description in a reliable answer is the answer to our offer, and the 2xx need not repeat it (§5). */
  body: Buffer | undefined
}

export interface PrackPorts {
  via(branch: string): string
  /** Sends it, again until it is answered, and with our log-in where that is asked for. */
  request(prack: (proof: readonly Header[]) => SipRequest): void
}

export class Pracks {
  readonly #ports: PrackPorts
  /** By remote tag. */
  readonly #ringing = new Map<string, Ringing>()

  constructor(ports: PrackPorts) {
    this.#ports = ports
  }

  /** False for a reliable tone that counts for nothing: heard before, not the next one, or without a number. */
  take(invite: SipRequest, response: SipResponse): boolean {
    if (response.status === 100 || !headerValues(response, 'require').some(v => v.toLowerCase() === '100rel'))
      return true
    const written = (header(response, 'rseq') ?? '').trim()
    const rseq = /^\d{1,10}$/.test(written) ? Number(written) : 0
    const tag = tagOf(response)
    if (rseq === 0 || rseq >= MAX_RSEQ || tag === '') return false
    const known = this.#ringing.get(tag)
    if (known ? rseq !== known.rseq + 1 : this.#ringing.size >= MAX_RINGING) return false
    const ringing = known ?? { dialog: new OutgoingDialog(invite, response), rseq, body: undefined }
    this.#ringing.set(tag, ringing)
    ringing.rseq = rseq
    if (!ringing.body && response.body.length > 0) ringing.body = response.body
    const rack = { name: 'rack', value: `${rseq} ${parseCSeq(header(invite, 'cseq') ?? '')?.number ?? 1} INVITE` }
    const via = (branch: string) => this.#ports.via(branch)
    this.#ports.request(proof => ringing.dialog.request('PRACK', via, [rack, ...proof]))
    return true
  }

  /** The dialog of this 2xx, gone on with where its telephone rang reliably, and the answer to our offer. */
  answered(invite: SipRequest, response: SipResponse): { readonly dialog: OutgoingDialog; readonly body: Buffer } {
    const ringing = this.#ringing.get(tagOf(response))
    ringing?.dialog.confirm(response)
    const body = ringing?.body && response.body.length === 0 ? ringing.body : response.body
    return { dialog: ringing?.dialog ?? new OutgoingDialog(invite, response), body }
  }

  /** Another INVITE is sent. */
  clear(): void {
    this.#ringing.clear()
  }
}
