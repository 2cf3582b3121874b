/** Who holds the places of a listener: when all are taken, whoever comes gets that of a connection that has proved nothing. */

/** A connection as far as its place goes. */
export interface Placed {
  /** Whom it counts for: its address, of IPv6 the network that one sender has all of. */
  readonly network: string
  /** It has shown to be somebody of ours; it keeps its place until it leaves, whatever comes of it later. */
  readonly proven: boolean
}

/**
 * Bounded in all and by address. A full listener refuses only the crowd: of whichever address has the most connections that proved nothing, the
 * oldest of those goes for a newcomer of an address that has fewer. Else some addresses with silent connections shut out every alarm box.
 */
export class ConnectionPlaces<T extends Placed> {
  readonly #limits: { readonly total: number; readonly perAddress: number }
  readonly #held = new Set<T>()
  readonly #perAddress = new Map<string, number>()
  /** By address, oldest first; those that have proved themselves since are taken out when they are looked at. */
  readonly #unproven = new Map<string, Set<T>>()

  constructor(limits: { readonly total: number; readonly perAddress: number }) {
    this.#limits = limits
  }

  get size(): number {
    return this.#held.size
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#held.values()
  }

  /** A place for it, and whose place it was, which the caller closes; not taken: refused. */
  take(one: T): { readonly taken: boolean; readonly displaced?: T } {
    const { total, perAddress } = this.#limits
    if ((this.#perAddress.get(one.network) ?? 0) >= perAddress) return { taken: false }
    let displaced: T | undefined
    if (this.#held.size >= total) {
      displaced = this.#crowd(this.#unproven.get(one.network)?.size ?? 0)
      if (!displaced) return { taken: false }
      this.leave(displaced)
    }
    this.#held.add(one)
    this.#perAddress.set(one.network, (this.#perAddress.get(one.network) ?? 0) + 1)
    const waiting = this.#unproven.get(one.network) ?? new Set()
    this.#unproven.set(one.network, waiting.add(one))
    return displaced ? { taken: true, displaced } : { taken: true }
  }

  /** Harmless when it has none. */
  leave(one: T): void {
    if (!this.#held.delete(one)) return
    const left = (this.#perAddress.get(one.network) ?? 1) - 1
    if (left > 0) this.#perAddress.set(one.network, left)
    else this.#perAddress.delete(one.network)
    this.#forget(one)
  }

  /** The oldest that proved nothing of the address that has the most of them, where those are more than `than`. */
  #crowd(than: number): T | undefined {
    for (;;) {
      let most: Set<T> | undefined
      for (const waiting of this.#unproven.values()) if (waiting.size > (most?.size ?? than)) most = waiting
      if (!most) return undefined
      const proven = [...most].filter(each => each.proven)
      if (proven.length === 0) return most.values().next().value
      for (const each of proven) this.#forget(each)
    }
  }

  #forget(one: T): void {
    const waiting = this.#unproven.get(one.network)
    if (waiting?.delete(one) && waiting.size === 0) this.#unproven.delete(one.network)
  }
}
