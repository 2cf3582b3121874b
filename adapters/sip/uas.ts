/** The user agent server: every datagram's way to its alarm, its call and its answer (RFC 3261 §8.2). */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { Authenticator } from './auth.ts'
import { Call, type CallPorts, type Voice } from './call.ts'
import { ClientTransactions } from './client-transaction.ts'
import type { ServiceNumber, SipConfig, Trunk } from './config.ts'
import { type Dialled, type Proof, pressSignal, readCaller, readDialled } from './decode.ts'
import { answerInfo } from './digits.ts'
import type { HeardDigit } from './ear.ts'
import { header, parseMessage, type SipRequest, serialize } from './frame.ts'
import { LoginGuard } from './login-guard.ts'
import { readOffer } from './offered.ts'
import { OutgoingCalls } from './outgoing.ts'
import type { OutgoingCall } from './outgoing-call.ts'
import { originOf, type Peer, reachable, secrecyOf } from './peer.ts'
import { Presses } from './presses.ts'
import { proofOf } from './proven.ts'
import { ProvenPlaces } from './proven-places.ts'
import { Registrar } from './registrar.ts'
import { ALLOWED, type CheckedRequest, checkRequest, EXTENSIONS, type Refusal, unsupported } from './request.ts'
import { sessionTooShort } from './session-timer.ts'
import { Sightings } from './sightings.ts'
import { NO_JOURNAL, StatelessReplies } from './stateless.ts'
import { Strangers } from './strangers.ts'
import { Talks } from './talks.ts'
import { Answered, type Send, type ServerTransaction, ServerTransactions } from './transaction.ts'
import { TrunkProof } from './trunk-proof.ts'
import { TrunkWatch } from './trunk-watch.ts'
import { loginOf, trunkOfLogin } from './trunks.ts'

/** How the server reaches the network; all of it is the session's. */
export interface UasPorts {
  readonly host: AdapterHost
  readonly config: SipConfig
  readonly voice: Voice
  send: Send
  /** Of a WebSocket. */
  isOpen(peer: Peer): boolean
  /** Our address as this peer reaches it, without port. */
  localAddress(peer: Peer): string
  /** `address:port` of our socket as this peer reaches it. */
  sentBy(peer: Peer): string
}

/** Requests under way at once. */
const MAX_TRANSACTIONS = 100_000
/** Log-ins being checked at once: who has not proven himself crowds out nobody who has, and no exchange. */
const MAX_UNPROVEN = 10_000

const NO_SUCH_CALL: Refusal = { status: 481, reason: 'Call/Transaction Does Not Exist' }
const OLD: Refusal = { status: 500, reason: 'Server Internal Error (old CSeq)' }
const OVERLOADED: Refusal = {
  status: 503,
  reason: 'Service Unavailable',
  headers: [{ name: 'retry-after', value: '5' }]
}

export class Uas {
  /** The calls that we place. */
  readonly outgoing: OutgoingCalls
  readonly registrar: Registrar
  readonly #ports: UasPorts
  readonly #server: ServerTransactions
  readonly #client: ClientTransactions
  readonly #replies: StatelessReplies
  readonly #strangers: Strangers
  readonly #presses: Presses
  readonly #sightings: Sightings
  readonly #proven: ProvenPlaces
  readonly #talks: Talks
  readonly #trunks: TrunkWatch
  readonly #trunkProof: TrunkProof
  readonly #calls = new Map<string, Call>()
  /** By INVITE: the call a CANCEL ends, and the one a forked copy would double (RFC 3261 §8.2.2.2). */
  readonly #byInvite = new Map<string, Call>()
  #unproven = 0

  constructor(ports: UasPorts) {
    const { host, config } = ports
    this.#ports = ports
    const transport = { clock: host.clock, send: ports.send }
    this.#server = new ServerTransactions(transport)
    this.#client = new ClientTransactions(transport)
    this.outgoing = new OutgoingCalls(
      {
        ...{ clock: host.clock, callLimitMs: config.callLimitMs, srtp: config.srtp, voice: ports.voice },
        ...{ credential: host.credential, localAddress: ports.localAddress, sentBy: ports.sentBy },
        registered: number => this.registrar.locate(number),
        request: (request, to, events) => this.#client.send(request, to, events),
        send: (request, to) => ports.send(serialize(request), to)
      },
      config
    )
    this.#replies = new StatelessReplies(ports.send)
    this.#presses = new Presses(host, config)
    const placesOf = (username: string) => this.registrar.addressesOf(username)
    this.#proven = new ProvenPlaces(host)
    const guard = new LoginGuard({ host, placesOf, proven: this.#proven })
    const auth = new Authenticator(host, config, guard)
    this.#trunkProof = new TrunkProof(host, config)
    this.#strangers = new Strangers({ host, config, auth, trunkProof: this.#trunkProof }, this.#presses, this.#replies)
    this.#trunks = new TrunkWatch({
      ...ports,
      request: (request, to, events) => this.#client.send(request, to, events)
    })
    const isDead = (address: string) => this.#trunks.isDead(address)
    this.registrar = new Registrar({ ...ports, auth, replies: this.#replies, isDead })
    this.#sightings = new Sightings(host)
    this.#talks = new Talks(host, config, ports.voice)
  }

  /** One datagram; everything it may do wrong is counted. Resolves when its answer has been given. */
  async receive(bytes: Buffer, peer: Peer, trunk: Trunk | undefined): Promise<void> {
    const { host } = this.#ports
    const origin = originOf(peer)
    const message = parseMessage(bytes)
    if (!message.ok) {
      if (message.reason !== 'keepAlive') host.reject(message.reason, origin)
      return
    }
    if (trunk) {
      this.#trunks.heard(trunk)
      this.#trunkProof.proven(trunk, peer)
    }
    if (message.value.kind === 'response') {
      if (!this.#client.receive(message.value)) host.reject('strayResponse', origin, String(message.value.status))
      return
    }
    const checked = checkRequest(message.value)
    if (!checked.ok) return this.#refuse(message.value, peer, checked.refusal)
    await this.#dispatch(checked.value, reachable(peer, checked.value.via), trunk)
  }

  /** Shows what is known of earlier runs. */
  start(): void {
    this.#talks.start()
  }

  hush(sourceId: SourceId): void {
    this.#talks.hush(sourceId)
  }

  /** A unit is on its way to this source. */
  unitComing(sourceId: SourceId): Promise<boolean> {
    return this.#talks.unitComing(sourceId)
  }

  /** Ends every call: answered ones with BYE, ringing ones with 503, so that the exchange looks for another way at once. */
  async close(): Promise<void> {
    for (const call of [...this.#calls.values()]) {
      call.refuse(OVERLOADED)
      call.hangUp()
    }
    this.outgoing.close()
    this.#talks.close()
    this.#trunks.stop()
    this.#trunkProof.stop()
    await Promise.all([this.#presses.flush(), this.registrar.close(), this.#proven.close()])
    this.#server.clear()
    this.#client.clear()
  }

  async #dispatch(request: CheckedRequest, peer: Peer, trunk: Trunk | undefined): Promise<void> {
    const call = this.#callOf(request)
    switch (request.method) {
      case 'ACK':
        if (this.#server.receive(request, peer).kind === 'ack') call?.acknowledge(request)
        return
      case 'CANCEL':
        return this.#cancel(request, peer)
      case 'OPTIONS':
        return this.#options(request, peer, trunk)
      case 'REGISTER':
        return this.#register(request, peer)
      case 'BYE': {
        const transaction = this.#inCall(request, peer, call)
        if (transaction) call?.bye(transaction)
        return
      }
      case 'INFO': {
        const transaction = this.#inCall(request, peer, call)
        if (transaction && call) await this.#info(call, transaction)
        return
      }
      case 'PRACK': {
        const transaction = this.#inCall(request, peer, call)
        if (transaction && call instanceof Call) call.prack(transaction)
        else transaction?.respond({ ...NO_SUCH_CALL, toTag: '' })
        return
      }
      case 'UPDATE':
        return this.#reinvite(request, peer, call)
      case 'INVITE': {
        if (request.toTag === undefined) return this.#invite(request, peer, trunk)
        return this.#reinvite(request, peer, call)
      }
    }
  }

  #callOf({ callId, toTag }: CheckedRequest): Call | OutgoingCall | undefined {
    if (toTag === undefined) return undefined
    return this.#calls.get(`${callId}\n${toTag}`) ?? this.outgoing.find(callId, toTag)
  }

  #refuse(raw: SipRequest, peer: Peer, refusal: Refusal): void {
    this.#ports.host.reject(`refused${refusal.status}`, originOf(peer), refusal.reason)
    this.#replies.reply(raw, peer, refusal)
  }

  /** The transaction of a request inside a known call; every other is answered here. */
  #inCall(request: CheckedRequest, peer: Peer, call: Call | OutgoingCall | undefined): ServerTransaction | undefined {
    // A repeated BYE finds its transaction although the call is gone.
    if ((!call || call.fromTag !== request.fromTag) && !this.#server.has(request)) {
      this.#refuse(request.raw, peer, NO_SUCH_CALL)
      return undefined
    }
    const received = this.#server.receive(request, peer)
    if (received.kind !== 'new') return undefined
    const refusal = unsupported(request.raw)
    if (!refusal) return received.transaction
    received.transaction.respond({ ...refusal, toTag: '' })
    return undefined
  }

  async #info(call: Call | OutgoingCall, transaction: ServerTransaction): Promise<void> {
    const { request, peer } = transaction
    const inOrder = call instanceof Call ? call.dialog.takes(request, peer) : call.takes(request)
    const answer = !inOrder ? OLD : await answerInfo(request.raw, heard => this.#keyIn(call, heard))
    transaction.respond({ ...answer, toTag: call.localTag })
  }

  #keyIn(call: Call | OutgoingCall, heard: HeardDigit): Promise<boolean> | boolean {
    return call instanceof Call ? this.#talks.take(call.key, heard) : call.heard(heard)
  }

  #reinvite(request: CheckedRequest, peer: Peer, call: Call | OutgoingCall | undefined): void {
    const transaction = this.#inCall(request, peer, call)
    if (!transaction || !call) return
    const offer = readOffer(request.raw, secrecyOf(peer, this.#ports.config.srtp))
    if ('refusal' in offer) transaction.respond({ ...offer.refusal, toTag: call.localTag })
    else call.reinvite(transaction, offer.offer)
  }

  #cancel(request: CheckedRequest, peer: Peer): void {
    const invite = this.#server.cancelled(request)
    if (invite?.peer.address !== peer.address) {
      this.#refuse(request.raw, peer, NO_SUCH_CALL)
      return
    }
    this.#replies.reply(request.raw, peer, { status: 200, reason: 'OK' })
    // It came too late, the call is answered: it changes nothing (RFC 3261 §9.2).
    if (invite instanceof Answered) return
    const call = this.#byInvite.get(inviteKey(invite.request))
    // Its log-in is still being checked: the call ends before it begins, its alarm is raised below all the same.
    if (call) call.cancel()
    else invite.respond({ status: 487, reason: 'Request Terminated', toTag: '' })
  }

  #options(request: CheckedRequest, peer: Peer, trunk: Trunk | undefined): void {
    const refusal = unsupported(request.raw)
    if (trunk) this.#sightings.trunk(trunk, peer)
    if (refusal) {
      this.#refuse(request.raw, peer, refusal)
      return
    }
    const headers = [
      { name: 'allow', value: ALLOWED.join(', ') },
      { name: 'accept', value: 'application/sdp' },
      { name: 'supported', value: EXTENSIONS.join(', ') }
    ]
    this.#replies.reply(request.raw, peer, { status: 200, reason: 'OK', headers })
  }

  async #register(request: CheckedRequest, peer: Peer): Promise<void> {
    if (header(request.raw, 'authorization') === undefined) return this.registrar.challenge(request, peer)
    if (this.#isFull(request, this.#unproven >= MAX_UNPROVEN)) return this.#overloaded(request, peer)
    const transaction = this.#begin(request, peer)
    if (transaction) await this.#proving(this.registrar.register(transaction))
  }

  #isFull(request: CheckedRequest, crowded = false): boolean {
    return (crowded || this.#server.size >= MAX_TRANSACTIONS) && !this.#server.has(request)
  }

  #overloaded(request: CheckedRequest, peer: Peer): void {
    this.#ports.host.reject('overloaded', originOf(peer))
    this.#replies.reply(request.raw, peer, OVERLOADED)
  }

  async #proving<T>(proof: Promise<T>): Promise<T> {
    this.#unproven++
    return await proof.finally(() => this.#unproven--)
  }

  /** A new transaction; undefined for a repeated request. */
  #begin(request: CheckedRequest, peer: Peer): ServerTransaction | undefined {
    const received = this.#server.receive(request, peer)
    return received.kind === 'new' ? received.transaction : undefined
  }

  async #invite(request: CheckedRequest, peer: Peer, trunk: Trunk | undefined): Promise<void> {
    const { config } = this.#ports
    const dialled = readDialled(request.uri, config.serviceNumbers, config.localPrefixes)
    const claims = header(request.raw, 'authorization') !== undefined
    const full = this.#isFull(request, !trunk && this.#unproven >= MAX_UNPROVEN)
    if (full && trunk) return this.#overloaded(request, peer)
    // Too many at once: nothing is kept of who claims a log-in, and his press is an alarm all the same.
    if (!trunk && (!claims || full)) return this.#strangers.challenge(request, peer, dialled)
    const transaction = this.#begin(request, peer)
    if (!transaction) return
    transaction.trying()
    if (trunk) {
      this.#sightings.trunk(trunk, peer)
      return this.#press(transaction, { kind: 'trunk' }, dialled, trunk)
    }
    const proof = await this.#proving(this.#strangers.prove(transaction, dialled))
    if (proof?.kind !== 'digest') return
    const proven = trunkOfLogin(config, peer, proof.username)
    if (proven) {
      this.#sightings.trunk(proven, peer)
      this.#trunkProof.proven(proven, peer)
    }
    await this.#press(transaction, proven ? { kind: 'trunk' } : proof, dialled, proven)
  }

  /** The alarm first; only when it is durable may the telephone hear a ringing tone. */
  async #press(transaction: ServerTransaction, proof: Proof, dialled: Dialled, trunk?: Trunk): Promise<void> {
    const { config, host } = this.#ports
    const { request, peer } = transaction
    const key = inviteKey(request)
    if (this.#byInvite.has(key)) {
      transaction.respond({ status: 482, reason: 'Loop Detected', toTag: '' })
      return
    }
    const call = new Call(transaction, this.#callPorts(key, trunk))
    this.#calls.set(call.key, call)
    this.#byInvite.set(key, call)
    const caller = readCaller(request, proof, peer.address, config.localPrefixes)
    const received = { atMs: host.clock.now(), origin: originOf(peer) }
    const press = pressSignal(request, caller, dialled, received)
    const outcome = await this.#presses.raise(press)
    if (transaction.state !== 'proceeding') return call.cancel()
    if (outcome !== 'stored') return call.refuse(NO_JOURNAL)
    if (caller.verified) this.#sightings.telephone(caller, peer, header(request.raw, 'user-agent'))
    const offer = readOffer(request.raw, secrecyOf(peer, config.srtp))
    const refusal = this.#cannotServe(request, dialled) ?? ('refusal' in offer ? offer.refusal : undefined)
    if (refusal) host.reject(`refused${refusal.status}`, received.origin, refusal.reason)
    if (refusal || 'refusal' in offer) return call.refuse(refusal ?? OVERLOADED)
    this.#talks.begin(call.key, press, kindOfCall(host, press, dialled))
    call.ring(offer.offer, press)
  }

  /** Why a call whose alarm is raised is not answered. */
  #cannotServe(request: CheckedRequest, dialled: Dialled): Refusal | undefined {
    // For another's number we would have to forward, which Max-Forwards 0 forbids; for our own it does not matter (RFC 4475 §3.3.11).
    if (!dialled.service && request.maxForwards === 0) return { status: 483, reason: 'Too Many Hops' }
    if (!dialled.service) return { status: 404, reason: 'Not Found' }
    if (this.#calls.size > this.#ports.config.maxCalls) return { status: 486, reason: 'Busy Here' }
    return unsupported(request.raw) ?? sessionTooShort(request.raw)
  }

  #callPorts(key: string, trunk: Trunk | undefined): CallPorts {
    const { host, config, voice, localAddress, sentBy } = this.#ports
    return {
      clock: host.clock,
      config,
      voice,
      open: (call, party) => this.#talks.open(call, party),
      localAddress,
      sentBy,
      request: (request, to, events) => this.#client.send(request, to, events),
      proof: async (...asked) => trunk && proofOf(() => host.credential(loginOf(trunk)), ...asked),
      ended: call => {
        this.#talks.end(call.key)
        this.#calls.delete(call.key)
        this.#byInvite.delete(key)
      }
    }
  }
}

/** A dialler is one by the number it dials or by the registry; only a test call of its line is taken as such all the same. */
function kindOfCall(host: AdapterHost, press: Signal, { service }: Dialled): ServiceNumber['kind'] {
  const kind = service?.kind ?? 'panicPhone'
  return kind !== 'testCall' && host.kindOf?.(press.sourceId) === 'detector' ? 'detector' : kind
}

function inviteKey(invite: CheckedRequest): string {
  return `${invite.callId}\n${invite.fromTag}\n${invite.cseq.number}`
}
