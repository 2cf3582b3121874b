/** Session timers (RFC 4028): a call whose far end is gone without a BYE ends by itself, a living one is refreshed. */
import type { Clock } from '../../gateway/core/ports.ts'
import { type Header, header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import type { Refusal } from './request.ts'

/** RFC 4028 §4: a shorter session is refused. */
const MIN_SE_S = 90
/** Who does not refresh is given up this long before the end at most (§10). */
const SPARE_S = 32

/** What we ask for in calls we place: shorter than most calls, so that the line of a far end that is gone is soon free again. */
const ASKED_S = 180
/** What a far end may ask of us in its 422. */
const MAX_ASKED_S = 86_400
/** RFC 3261 §14.1: who gets a 491 asks again after this; between the bounds of both sides. */
const GLARE_MS = 3_000

interface Agreed {
  readonly forS: number
  /** We send the refreshes, else the far end does. */
  readonly ours: boolean
}

/** What came back to a refresh of ours. */
export type RefreshAnswer = Pick<SipResponse, 'status' | 'headers'>

export interface SessionPorts {
  readonly clock: Clock
  /** Sends an UPDATE with these headers; `answered` gets its final response, or nothing when none came. */
  refresh(headers: readonly Header[], answered: (response: RefreshAnswer | undefined) => void): void
  /** Refreshes can be re-INVITEs too: then the far end need not know UPDATE. */
  readonly reinvites?: boolean
  hangUp(): void
}

export class SessionTimer {
  readonly #ports: SessionPorts
  #stop: () => void = () => {}
  #agreed: Agreed | undefined

  constructor(ports: SessionPorts) {
    this.#ports = ports
  }

  /** The headers of the 2xx that answers this INVITE or UPDATE, with its time running from now; or why it is refused. */
  answer(raw: SipRequest): readonly Header[] | Refusal {
    const refusal = sessionTooShort(raw)
    // What is refused changes nothing.
    if (refusal) return refusal
    const asked = sessionOf(raw)
    this.stop()
    if (!asked || asked.forS < MIN_SE_S) return []
    const { forS } = asked
    const knows = knowsTimer(raw)
    const ours = !knows || asked.refresher === 'uas'
    // With a caller who does not know UPDATE there is no timer (§9 leaves it to us).
    if (ours && !this.#ports.reinvites && !lists(raw, 'allow', 'update')) return []
    this.#start({ forS, ours })
    const expires = { name: 'session-expires', value: `${forS};refresher=${ours ? 'uas' : 'uac'}` }
    return knows ? [expires, { name: 'require', value: 'timer' }] : [expires]
  }

  /** The 2xx to an INVITE of ours: the far end says for how long, and who refreshes; without a word of it there is no timer (§7.2). */
  begin(response: RefreshAnswer): void {
    const agreed = agreedIn(response)
    if (agreed) this.#start(agreed)
    else this.stop()
  }

  stop(): void {
    this.#stop()
    this.#agreed = undefined
  }

  #start(agreed: Agreed): void {
    const { clock, hangUp } = this.#ports
    this.#stop()
    this.#agreed = agreed
    const endMs = (agreed.forS - Math.min(SPARE_S, agreed.forS / 3)) * 1_000
    const stopEnd = clock.after(endMs, hangUp)
    const halfMs = (agreed.forS / 2) * 1_000
    const stopRefresh = agreed.ours ? clock.after(halfMs, () => this.#refresh(agreed)) : () => {}
    this.#stop = () => {
      stopEnd()
      stopRefresh()
    }
  }

  #refresh(agreed: Agreed): void {
    const headers = [
      { name: 'session-expires', value: `${agreed.forS};refresher=uac` },
      { name: 'supported', value: 'timer' }
    ]
    this.#ports.refresh(headers, response => {
      if (this.#agreed !== agreed) return
      // Gone, or it knows no such call (§7.4): over. Refused for another reason: the end comes in its time.
      if (!response || response.status === 408 || response.status === 481) return this.#ports.hangUp()
      if (response.status < 300) this.#start(agreedIn(response) ?? agreed)
      else if (response.status === 422) this.#start({ ...agreed, forS: Math.max(agreed.forS, minimumOf(response)) })
      else if (response.status === 491) this.#again(agreed)
    })
  }

  /** Both sides asked at once; the end stays where it is. */
  #again(agreed: Agreed): void {
    const stopEnd = this.#stop
    const stopAgain = this.#ports.clock.after(GLARE_MS, () => this.#refresh(agreed))
    this.#stop = () => {
      stopEnd()
      stopAgain()
    }
  }
}

/** What an INVITE of ours asks for (§7.1); `atLeastS` is what a 422 named. */
export function sessionAsked(atLeastS = 0): readonly Header[] {
  const expires = { name: 'session-expires', value: String(Math.max(ASKED_S, atLeastS)) }
  return atLeastS > 0 ? [expires, { name: 'min-se', value: String(atLeastS) }] : [expires]
}

/** What a 422 wants, when it is more than `askedS` and can be given. */
export function longerSession(response: SipResponse, askedS: number): number | undefined {
  const wanted = minimumOf(response)
  return wanted > Math.max(ASKED_S, askedS) && wanted <= MAX_ASKED_S ? wanted : undefined
}

function sessionOf(message: Pick<SipRequest | SipResponse, 'headers'>) {
  const found = /^(\d{1,9})\s*(?:;(.*))?$/.exec((header(message, 'session-expires') ?? '').trim())
  if (!found) return undefined
  const refresher = /(?:^|;)\s*refresher\s*=\s*(uac|uas)/i.exec(found[2] ?? '')?.[1]?.toLowerCase()
  return { forS: Number(found[1]), refresher }
}

/** In an answer to us; a shorter session than anybody may ask for would have us send without end. */
function agreedIn(response: RefreshAnswer): Agreed | undefined {
  const told = sessionOf(response)
  return told && { forS: Math.max(told.forS, MIN_SE_S), ours: told.refresher !== 'uas' }
}

/** Why an INVITE or UPDATE is refused for its session's length (§9); only to a caller who can ask for more. */
export function sessionTooShort(raw: SipRequest): Refusal | undefined {
  const forS = Number(/^\d{1,9}/.exec((header(raw, 'session-expires') ?? '').trim())?.[0] ?? MIN_SE_S)
  return forS < MIN_SE_S && knowsTimer(raw) ? TOO_SMALL : undefined
}

function knowsTimer(raw: SipRequest): boolean {
  return lists(raw, 'supported', 'timer') || lists(raw, 'require', 'timer')
}

const TOO_SMALL: Refusal = {
  status: 422,
  reason: 'Session Interval Too Small',
  headers: [{ name: 'min-se', value: String(MIN_SE_S) }]
}

function lists(raw: SipRequest, name: string, token: string): boolean {
  return headerValues(raw, name).some(v => v.toLowerCase() === token)
}

function minimumOf(response: RefreshAnswer): number {
  return Number(/^\d{1,9}/.exec((header(response, 'min-se') ?? '').trim())?.[0] ?? 0)
}
