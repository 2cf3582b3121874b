/** The calls we place: which line a number is rung by, how many at once, and which call a far end's request belongs to. */
import type { CallEvents, CallRequest, PlacedCall } from '../../gateway/core/placed-call.ts'
import type { CallJoin } from '../../gateway/core/voice-party.ts'
import type { SipConfig, Trunk } from './config.ts'
import { OutgoingCall, type OutgoingPorts } from './outgoing-call.ts'
import type { Line } from './outgoing-invite.ts'
import { hostPort, type Peer } from './peer.ts'
import type { Binding } from './registrations.ts'
import { loginOf, peerOfTrunk } from './trunks.ts'

/** What may stand in a number that is dialled; anything else could change the request it is put in. */
const NUMBER = /^[0-9*#+]{1,32}$/

const nobody: PlacedCall = { say: () => {}, hangUp: () => {} }

/** Stands in while the adapter does not run. */
export const noCalls: Pick<OutgoingCalls, 'place' | 'freeLines' | 'onLine'> = {
  freeLines: () => undefined,
  onLine: () => 0,
  place: (_, events) => {
    queueMicrotask(() => events.ended('unreachable'))
    return nobody
  }
}

/** All telephones that have registered, as one line. */
const REGISTERED = 'registered telephones'
const MAX_REGISTERED = 100

export interface ExchangePorts extends Omit<OutgoingPorts, 'ended'> {
  /** Where this number has registered, the telephone heard last first. */
  registered(number: string): readonly Pick<Binding, 'uri' | 'peer'>[]
}

export class OutgoingCalls {
  readonly #ports: ExchangePorts
  readonly #config: Pick<SipConfig, 'trunks' | 'callingNumber'>
  readonly #calls = new Map<string, OutgoingCall>()
  readonly #byLine = new Map<string, number>()

  constructor(ports: ExchangePorts, config: Pick<SipConfig, 'trunks' | 'callingNumber'>) {
    this.#ports = ports
    this.#config = config
  }

  get size(): number {
    return this.#calls.size
  }

  place(request: CallRequest, events: CallEvents): PlacedCall {
    const lines = this.#linesTo(request.number)
    const line = lines.find(l => l.free > 0)
    if (!line) {
      // Not in the caller's own turn: it has no handle yet.
      queueMicrotask(() => events.ended(lines.length === 0 ? 'unreachable' : 'noLine'))
      return nobody
    }
    const call = new OutgoingCall(line, request, events, { ...this.#ports, ended: over => this.#ended(over) })
    this.#calls.set(call.key, call)
    this.#byLine.set(line.name, this.#used(line.name) + 1)
    void call.start()
    return call
  }

  freeLines(number: string): number | undefined {
    const lines = this.#linesTo(number)
    return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + line.free, 0)
  }

  onLine(join: CallJoin): number {
    return this.#ports.voice.onLine(join)
  }

  /** The call whose in-dialog request carries this Call-ID and, as To tag, our own. */
  find(callId: string, toTag: string): OutgoingCall | undefined {
    return this.#calls.get(`${callId}\n${toTag}`)
  }

  close(): void {
    for (const call of [...this.#calls.values()]) call.hangUp()
  }

  #linesTo(number: string): (Line & { readonly free: number })[] {
    if (!NUMBER.test(number)) return []
    // A telephone of ours is rung where it registered; only the others need an exchange.
    const [place] = this.#ports.registered(number)
    const free = Math.max(0, MAX_REGISTERED - this.#used(REGISTERED))
    if (place) return [{ ...this.#lineAt(place.peer), name: REGISTERED, uri: place.uri, free }]
    return this.#config.trunks.flatMap(trunk => {
      const { maxPlaced = 0 } = trunk
      const peer = peerOfTrunk(trunk)
      if (maxPlaced === 0 || !peer) return []
      return [{ ...this.#line(trunk, peer, number), free: Math.max(0, maxPlaced - this.#used(trunk.name)) }]
    })
  }

  #line(trunk: Trunk, peer: Peer, number: string): Line {
    const dialled = encodeURIComponent(`${trunk.dialPrefix ?? ''}${number}`).replace('%2B', '+')
    const host = hostPort(peer)
    return {
      ...this.#lineAt(peer),
      name: trunk.name,
      uri: `sip:${dialled}@${host}${peer.transport === 'udp' ? '' : `;transport=${peer.transport}`}`,
      login: loginOf(trunk)
    }
  }

  #lineAt(peer: Peer): Pick<Line, 'peer' | 'from' | 'login'> {
    const from = `sip:${encodeURIComponent(this.#config.callingNumber)}@${this.#ports.localAddress(peer)}`
    return { peer, from, login: '' }
  }

  #used(line: string): number {
    return this.#byLine.get(line) ?? 0
  }

  #ended(call: OutgoingCall): void {
    if (!this.#calls.delete(call.key)) return
    this.#byLine.set(call.line.name, this.#used(call.line.name) - 1)
  }
}
