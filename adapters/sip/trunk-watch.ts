/** Asks the exchanges that want it whether they live (OPTIONS); one that has answered before and falls silent is a trouble. */
import { randomBytes } from 'node:crypto'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createTroubles, type Troubles } from '../kit/troubles.ts'
import type { ClientEvents } from './client-transaction.ts'
import type { SipConfig, Trunk } from './config.ts'
import { randomToken } from './dialog.ts'
import type { SipRequest } from './frame.ts'
import { contactOf, hostPort, originOf, type Peer, viaOf } from './peer.ts'
import { peerOfTrunk } from './trunks.ts'

/** So many questions in a row without an answer. */
const MISSES = 3

interface Asked {
  readonly trunk: Trunk
  readonly peer: Peer
  /** It has answered once, now or before a restart: only then can it fall silent. */
  answered: boolean
  misses: number
}

export interface TrunkWatchPorts {
  readonly host: AdapterHost
  readonly config: SipConfig
  localAddress(peer: Peer): string
  sentBy(peer: Peer): string
  request(request: SipRequest, to: Peer, events: ClientEvents): unknown
}

export class TrunkWatch {
  readonly #ports: TrunkWatchPorts
  readonly #troubles: Troubles
  readonly #asked: Asked[] = []
  readonly #stops: (() => void)[] = []

  constructor(ports: TrunkWatchPorts) {
    const { host, config } = ports
    this.#ports = ports
    this.#troubles = createTroubles(host, 'panicPhone')
    for (const trunk of config.trunks) {
      const peer = peerOfTrunk(trunk)
      if (trunk.askEveryS === undefined || !peer) continue
      const one = { trunk, peer, answered: host.recall(keyOf(trunk)) === 'answers', misses: 0 }
      this.#asked.push(one)
      this.#stops.push(host.clock.every(trunk.askEveryS * 1_000, () => this.#ask(one)))
    }
  }

  /** Whatever comes from it is a sign of life. */
  heard(trunk: Trunk): void {
    const one = this.#asked.find(asked => asked.trunk === trunk)
    if (one) this.#lives(one)
  }

  isDead(address: string): boolean {
    return this.#asked.some(one => one.peer.address === address && one.answered && one.misses >= MISSES)
  }

  stop(): void {
    for (const stop of this.#stops) stop()
    this.#troubles.stop()
  }

  #ask(one: Asked): void {
    this.#ports.request(this.#options(one.peer), one.peer, {
      answered: () => this.#lives(one),
      timedOut: () => {
        one.misses++
        if (one.answered && one.misses === MISSES) this.#tell(one, false)
      }
    })
  }

  #lives(one: Asked): void {
    if (!one.answered) {
      one.answered = true
      this.#ports.host.remember({ key: keyOf(one.trunk), value: 'answers' }).catch((error: Error) => {
        this.#ports.host.log.warn({ error: error.message, trunk: one.trunk.name }, 'an exchange could not be noted')
      })
    }
    one.misses = 0
    // Each time: a trouble of before a restart ends here too, and one that is not there costs nothing.
    this.#tell(one, true)
  }

  #tell({ trunk, peer }: Asked, lives: boolean): void {
    const { host } = this.#ports
    const sourceId = id<SourceId>(`sip:trunk/${trunk.name}`)
    const state = lives ? 'online' : 'offline'
    const origin = originOf(peer)
    host.sighted({ deviceId: sourceId, protocol: 'sip', state, atMs: host.clock.now(), origin, supervised: true })
    const said = { zh: `交换机 ${trunk.name} 无应答`, en: `The exchange ${trunk.name} does not answer` }
    const over = { zh: `交换机 ${trunk.name} 恢复应答`, en: `The exchange ${trunk.name} answers again` }
    this.#troubles.set({ sourceId, cause: 'offline', origin, said, over }, !lives)
  }

  #options(peer: Peer): SipRequest {
    const sentBy = this.#ports.sentBy(peer)
    const local = `sip:gateway@${this.#ports.localAddress(peer)}`
    return {
      kind: 'request',
      method: 'OPTIONS',
      uri: `sip:${hostPort(peer)}`,
      version: 'SIP/2.0',
      headers: [
        { name: 'via', value: viaOf(peer, sentBy, randomToken()) },
        { name: 'max-forwards', value: '70' },
        { name: 'from', value: `<${local}>;tag=${randomToken()}` },
        { name: 'to', value: `<sip:${hostPort(peer)}>` },
        { name: 'call-id', value: randomBytes(12).toString('hex') },
        { name: 'cseq', value: '1 OPTIONS' },
        contactOf(peer, sentBy),
        { name: 'accept', value: 'application/sdp' }
      ],
      body: Buffer.alloc(0)
    }
  }
}

function keyOf(trunk: Trunk): string {
  return `trunk/${trunk.name}`
}
