/** Tells the host which exchanges and telephones were seen, each at most once in ten seconds. */
import type { AdapterHost, Sighting } from '../../gateway/core/ports.ts'
import { ownText } from '../kit/own-bytes.ts'
import type { Trunk } from './config.ts'
import type { Caller } from './decode.ts'
import { originOf, type Peer } from './peer.ts'

const INTERVAL_MS = 10_000
const MAX_REMEMBERED = 50_000
const MAX_MODEL_CHARS = 120

export class Sightings {
  readonly #host: AdapterHost
  /** Device id → when it was told last, in that order. */
  readonly #toldMs = new Map<string, number>()

  constructor(host: AdapterHost) {
    this.#host = host
  }

  /** Of one that is asked whether it lives (trunk-watch.ts) this is an answer like any other. */
  trunk(trunk: Trunk, peer: Peer): void {
    const asked = trunk.askEveryS !== undefined
    this.#tell(`sip:trunk/${trunk.name}`, peer, asked ? { state: 'online', supervised: true } : { state: 'seen' })
  }

  telephone(caller: Caller, peer: Peer, userAgent: string | undefined): void {
    const model = userAgent?.replace(/[^\x20-\x7e]/g, '').slice(0, MAX_MODEL_CHARS)
    this.#tell(`sip:${caller.number}`, peer, { state: 'seen', model: model && ownText(model) })
  }

  #tell(deviceId: string, peer: Peer, said: Pick<Sighting, 'state' | 'model' | 'supervised'>): void {
    const atMs = this.#host.clock.now()
    const last = this.#toldMs.get(deviceId)
    if (last !== undefined && atMs - last < INTERVAL_MS) return
    this.#toldMs.delete(deviceId)
    this.#toldMs.set(deviceId, atMs)
    if (this.#toldMs.size > MAX_REMEMBERED) {
      const oldest = this.#toldMs.keys().next()
      if (!oldest.done) this.#toldMs.delete(oldest.value)
    }
    this.#host.sighted({ deviceId, protocol: 'sip', atMs, origin: originOf(peer), ...said })
  }
}
