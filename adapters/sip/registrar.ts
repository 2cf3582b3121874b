/** The registrar (RFC 3261 §10.3): a telephone proves its log-in and says where it is to be reached, and for how long. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Authenticator } from './auth.ts'
import type { SipConfig } from './config.ts'
import { localNumber, printable } from './decode.ts'
import { type Header, header, headerValues } from './frame.ts'
import { type NameAddr, parseNameAddr } from './headers.ts'
import { isReliable, isWeb, originOf, type Peer } from './peer.ts'
import { RegistrationWatch } from './registration-watch.ts'
import { type Binding, Registrations } from './registrations.ts'
import { type CheckedRequest, type Refusal, unsupported } from './request.ts'
import type { StatelessReplies } from './stateless.ts'
import type { ServerTransaction } from './transaction.ts'
import { parseUri } from './uri.ts'

export interface RegistrarPorts {
  readonly host: AdapterHost
  readonly config: SipConfig
  readonly auth: Authenticator
  readonly replies: StatelessReplies
  /** True while the exchange at this address answers nothing. */
  isDead(address: string): boolean
  /** A WebSocket that is closed is no place of a telephone. */
  isOpen(peer: Peer): boolean
  send(bytes: Buffer, to: Peer): void
}

interface Asked {
  readonly contact: NameAddr
  /** 0: take it away. */
  readonly forS: number
}

const BAD_CONTACT: Refusal = { status: 400, reason: 'Bad Request (contact)' }
const MAX_URI_CHARS = 512

export class Registrar {
  readonly #ports: RegistrarPorts
  readonly #registrations: Registrations
  readonly #watch: RegistrationWatch

  constructor(ports: RegistrarPorts) {
    this.#ports = ports
    this.#registrations = new Registrations(ports.host)
    this.#watch = new RegistrationWatch({ ...ports, registrations: this.#registrations })
  }

  /** Where this number can be rung now, the telephone heard last first; empty when it is not registered. */
  locate(number: string): readonly Binding[] {
    return this.#registrations.of(number)
  }

  /** The WebSocket of a telephone is closed: it is to be reached there no more. */
  lost(peer: Peer): void {
    this.#registrations.lost(peer)
  }

  /** Where this log-in is at home. */
  addressesOf(username: string): readonly string[] {
    return this.locate(localNumber(username, this.#ports.config.localPrefixes)).map(({ peer }) => peer.address)
  }

  async close(): Promise<void> {
    this.#watch.stop()
    await this.#registrations.close()
  }

  /** Without a log-in: 401, and nothing is kept. */
  challenge(request: CheckedRequest, peer: Peer, stale = false): void {
    const { auth, replies } = this.#ports
    replies.reply(request.raw, peer, { status: 401, reason: 'Unauthorized', headers: auth.challenge(peer, stale) })
  }

  /** With one: every REGISTER is answered here, and changes all of its contacts or none (§10.3 step 7). */
  async register(transaction: ServerTransaction): Promise<void> {
    const { host, auth, config } = this.#ports
    const { request, peer } = transaction
    const verdict = await auth.check(request.raw, peer)
    // Closed meanwhile: nobody would say again that it is lost, and nobody hears the answer.
    if (isWeb(peer) && !this.#ports.isOpen(peer)) return transaction.terminate()
    if (verdict.kind === 'none' || verdict.kind === 'stale') {
      transaction.terminate()
      return this.challenge(request, peer, verdict.kind === 'stale')
    }
    if (verdict.kind === 'wrong' || verdict.kind === 'paused') {
      const paused = verdict.kind === 'paused'
      host.reject(paused ? 'loginPaused' : 'wrongPassword', originOf(peer), printable(verdict.username))
      // Answered once and forgotten, as with calls: addresses can be forged.
      transaction.terminate()
      const refusal = paused ? tryLater(verdict.forS) : { status: 403, reason: 'Forbidden' }
      host.reject(`refused${refusal.status}`, originOf(peer), refusal.reason)
      return this.#ports.replies.reply(request.raw, peer, refusal)
    }
    const number = localNumber(verdict.username, config.localPrefixes)
    if (numberOf(request.to, config.localPrefixes) !== number)
      return this.#refuse(transaction, { status: 403, reason: 'Forbidden (another number)' })
    const refusal = unsupported(request.raw) ?? this.#change(request, peer, number)
    if (refusal) return this.#refuse(transaction, refusal)
    this.#watch.heard(number, peer, header(request.raw, 'user-agent'))
    transaction.respond({ status: 200, reason: 'OK', toTag: '', headers: this.#list(number) })
  }

  #refuse(transaction: ServerTransaction, refusal: Refusal): void {
    this.#ports.host.reject(`refused${refusal.status}`, originOf(transaction.peer), refusal.reason)
    transaction.respond({ ...refusal, toTag: '' })
  }

  /** Undefined when it is done. */
  #change(request: CheckedRequest, peer: Peer, number: string): Refusal | undefined {
    const asked = this.#asked(request)
    if ('status' in asked) return asked
    const held = this.#registrations.of(number)
    // A late copy of an older REGISTER must not undo a newer one.
    if (held.some(b => b.callId === request.callId && b.cseq >= request.cseq.number))
      return asked.length === 0 ? undefined : { status: 500, reason: 'Server Internal Error (old CSeq)' }
    if (asked.length === 0) return undefined
    const { maxContacts } = this.#ports.config.registrar
    const nowMs = this.#ports.host.clock.now()
    const fresh = asked.flatMap(({ contact, forS }) =>
      forS === 0 ? [] : [bindingOf(request, peer, contact, nowMs + forS * 1_000)]
    )
    const replaced = asked.map(({ contact }) => contact)
    const kept = held.filter(b => !replaced.some(contact => isSame(b, contact)))
    // The longest unheard goes: a telephone that comes back with new addresses must not lock itself out.
    this.#registrations.set(number, [...fresh, ...kept].slice(0, maxContacts))
    return undefined
  }

  #asked(request: CheckedRequest): Asked[] | Refusal {
    const values = headerValues(request.raw, 'contact')
    const whole = seconds(header(request.raw, 'expires'))
    const { minExpiresS, maxExpiresS, maxContacts } = this.#ports.config.registrar
    if (values.includes('*')) {
      if (values.length > 1 || whole !== 0) return BAD_CONTACT
      const number = numberOf(request.to, this.#ports.config.localPrefixes)
      return this.#registrations.of(number).flatMap(b => {
        const contact = parseNameAddr(`<${b.uri}>`)
        return contact ? [{ contact, forS: 0 }] : []
      })
    }
    if (values.length > maxContacts) return { status: 403, reason: 'Forbidden (too many contacts)' }
    const asked: Asked[] = []
    for (const value of values) {
      const contact = parseNameAddr(value)
      const uri = contact && parseUri(contact.uri)
      if (!contact || !uri || uri.scheme === 'other' || uri.scheme === 'tel') return BAD_CONTACT
      if (contact.uri.length > MAX_URI_CHARS) return BAD_CONTACT
      const wanted = seconds(contact.params.get('expires')) ?? whole ?? maxExpiresS
      if (wanted !== 0 && wanted < minExpiresS) {
        const headers = [{ name: 'min-expires', value: String(minExpiresS) }]
        return { status: 423, reason: 'Interval Too Brief', headers }
      }
      asked.push({ contact, forS: Math.min(wanted, maxExpiresS) })
    }
    return asked
  }

  /** Every binding with what is left of it; the date sets the telephone's clock (§20.17). */
  #list(number: string): Header[] {
    const nowMs = this.#ports.host.clock.now()
    const contacts = this.#registrations.of(number).map(b => ({
      name: 'contact',
      value: `<${b.uri}>;expires=${Math.ceil((b.expiresMs - nowMs) / 1_000)}`
    }))
    return [...contacts, { name: 'date', value: new Date(nowMs).toUTCString() }]
  }
}

/** Not 403, at which a telephone gives up for good. */
function tryLater(forS: number): Refusal {
  return { status: 503, reason: 'Service Unavailable', headers: [{ name: 'retry-after', value: String(forS) }] }
}

function bindingOf(request: CheckedRequest, peer: Peer, contact: NameAddr, expiresMs: number): Binding {
  const { callId, cseq } = request
  const instance = contact.params.get('+sip.instance')?.slice(0, MAX_URI_CHARS)
  // Over a connection that is gone a call goes to where its Contact listens.
  const uri = parseUri(contact.uri)
  const listensOn =
    uri && 'port' in uri && isReliable(peer) && !isWeb(peer) ? (uri.port ?? peer.listensOn) : peer.listensOn
  return { uri: contact.uri, peer: { ...peer, listensOn }, expiresMs, callId, cseq: cseq.number, instance }
}

function isSame(binding: Binding, contact: NameAddr): boolean {
  const instance = contact.params.get('+sip.instance')
  return binding.uri === contact.uri || (instance !== undefined && binding.instance === instance)
}

function numberOf(address: NameAddr, localPrefixes: readonly string[]): string {
  const uri = parseUri(address.uri)
  return uri && uri.scheme !== 'other' ? localNumber(uri.user, localPrefixes) : ''
}

/** RFC 3261 §20.19: damaged values count as absent. */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text.trim()) ? Number(text) : undefined
}
