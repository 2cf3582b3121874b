/** Session timers (RFC 4028): a call whose far end is gone without a BYE ends by itself, a living one is refreshed. */
import type { Clock } from '../../gateway/core/ports.ts'
import { type Header, header, headerValues, type SipRequest, type SipResponse } from './frame.ts'
import type { Refusal } from './request.ts'

/** RFC 4028 §4: a shorter session is refused. */
const MIN_SE_S = 90
/** Who does not refresh is given up this long before the end at most (§10). */
const SPARE_S = 32

/** Who sends the refreshes: the caller, or we. */
type Refresher = 'uac' | 'uas'

interface Agreed {
  readonly forS: number
  readonly refresher: Refresher
}

export interface SessionPorts {
  readonly clock: Clock
  /** Sends an UPDATE with these headers; `answered` gets its final response, or nothing when none came. */
  refresh(headers: readonly Header[], answered: (response: SipResponse | undefined) => void): void
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
    const asked = /^(\d{1,9})\s*(?:;(.*))?$/.exec((header(raw, 'session-expires') ?? '').trim())
    this.stop()
    if (!asked) return []
    const forS = Number(asked[1])
    const knows = knowsTimer(raw)
    if (forS < MIN_SE_S) return sessionTooShort(raw) ?? []
    const named = /(?:^|;)\s*refresher\s*=\s*(uac|uas)/i.exec(asked[2] ?? '')?.[1]?.toLowerCase()
    const refresher: Refresher = !knows || named === 'uas' ? 'uas' : 'uac'
    // We refresh by UPDATE; with a caller who does not know it there is no timer (§9 leaves it to us).
    if (refresher === 'uas' && !lists(raw, 'allow', 'update')) return []
    this.#start({ forS, refresher })
    const value = `${forS};refresher=${refresher}`
    const expires = { name: 'session-expires', value }
    return knows ? [expires, { name: 'require', value: 'timer' }] : [expires]
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
    const stopRefresh = agreed.refresher === 'uas' ? clock.after(halfMs, () => this.#refresh(agreed)) : () => {}
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
      if (response.status < 300) this.#start(agreed)
      else if (response.status === 422) this.#start({ ...agreed, forS: Math.max(agreed.forS, minimumOf(response)) })
    })
  }
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

function minimumOf(response: SipResponse): number {
  return Number(/^\d{1,9}/.exec((header(response, 'min-se') ?? '').trim())?.[0] ?? 0)
}
