/** Which of our addresses a peer reaches us by: a socket bound to every card does not know. */
import { BlockList, isIP } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Clock } from '../../gateway/core/ports.ts'

const REFRESH_MS = 10_000

/** Pure: the address whose network holds `peer`, else the first that is no loopback, else loopback. */
export function addressFor(peer: string, cards: readonly NetworkInterfaceInfo[]): string {
  const family = isIP(peer) === 6 ? 'IPv6' : 'IPv4'
  const mine = cards.filter(card => card.family === family)
  const near = mine.find(card => inNetwork(peer, card))
  const outward = mine.find(card => !card.internal)
  return (near ?? outward ?? mine[0])?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1')
}

function inNetwork(peer: string, card: NetworkInterfaceInfo): boolean {
  const [, bits] = (card.cidr ?? '').split('/')
  if (bits === undefined) return false
  const family = card.family === 'IPv6' ? 'ipv6' : 'ipv4'
  const network = new BlockList()
  network.addSubnet(card.address, Number(bits), family)
  return network.check(peer, family)
}

/** Remembers answers for ten seconds: cards come and go, calls come faster. */
export class LocalAddress {
  readonly #clock: Clock
  readonly #fixed: string
  #known = new Map<string, string>()
  #readMs = Number.NEGATIVE_INFINITY

  /** `fixed` is the address that was configured, empty when the cards decide. */
  constructor(clock: Clock, fixed: string) {
    this.#clock = clock
    this.#fixed = fixed
  }

  for(peer: string): string {
    if (this.#fixed !== '') return this.#fixed
    const nowMs = this.#clock.now()
    if (nowMs - this.#readMs > REFRESH_MS || this.#known.size > 1_000) {
      this.#known = new Map()
      this.#readMs = nowMs
    }
    const known = this.#known.get(peer)
    if (known !== undefined) return known
    const cards = Object.values(networkInterfaces()).flatMap(list => list ?? [])
    const address = addressFor(peer, cards)
    this.#known.set(peer, address)
    return address
  }
}
