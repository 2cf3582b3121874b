/** Which addresses the adapter may connect to, which it asks, and where a found device's service is. */
import { networkInterfaces } from 'node:os'
import type { OnvifConfig } from './config.ts'
import { rebase } from './decode.ts'
import { type AddressRange, addressesOf, contains, type OwnAddress, ownPrivateRanges, parseRange } from './ranges.ts'

/** A device service that the configuration names, asked by HTTP when no probe finds it. */
export interface DirectTarget {
  readonly host: string
  readonly url: string
}

/** ONVIF Core 5.1.1. */
const DEFAULT_PATH = '/onvif/device_service'

export class Reach {
  readonly #config: OnvifConfig
  readonly #ranges: readonly AddressRange[]
  readonly direct: readonly DirectTarget[]

  constructor(config: OnvifConfig) {
    this.#config = config
    this.#ranges = config.addresses.map(text => parseRange(text)).filter(range => range !== undefined)
    this.direct = config.addresses.filter(text => !text.includes('/') || text.includes('://')).map(directTarget)
  }

  /** Addresses of own cards that search by multicast. */
  get interfaces(): readonly string[] {
    if (!this.#config.discover) return []
    return this.#config.interfaces.length > 0 ? this.#config.interfaces : ownAddresses().map(card => card.address)
  }

  /** Every address of the list and its ranges, one by one. */
  *targets(): Generator<string> {
    for (const range of this.#ranges) yield* addressesOf(range)
  }

  /** True when the list names this very address; a range names nobody. */
  names(address: string): boolean {
    return this.direct.some(target => target.host === address)
  }

  /** Cards come and go, so that the default is worked out anew each time. */
  allows(address: string): boolean {
    if (contains(this.#ranges, address) || this.names(address)) return true
    const allowed = this.#config.allow.map(text => parseRange(text)).filter(range => range !== undefined)
    return contains(allowed.length > 0 ? allowed : ownPrivateRanges(ownAddresses()), address)
  }
}

/**
 * Service addresses to try, best first: port and path as claimed on the address that answered; then, where allowed, as claimed. A datagram's
 * word alone never leads to an address outside the allowed ranges.
 */
export function serviceUrls(xaddrs: readonly string[], answeredFrom: string, reach: Pick<Reach, 'allows'>): string[] {
  const web = ['http:', 'https:']
  const own = xaddrs.filter(xaddr => URL.canParse(xaddr) && new URL(xaddr).hostname === answeredFrom)
  const rebased = [...own, ...xaddrs].map(xaddr => rebase(xaddr, answeredFrom, web))
  const claimed = xaddrs.map(xaddr => (URL.canParse(xaddr) ? rebase(xaddr, new URL(xaddr).hostname, web) : undefined))
  const urls = [...rebased, ...claimed]
    .filter(url => url !== undefined)
    .filter(url => reach.allows(new URL(url).hostname))
  return [...new Set(urls)].slice(0, 4)
}

function directTarget(text: string): DirectTarget {
  const url = new URL(text.includes('://') ? text : `http://${text}${DEFAULT_PATH}`)
  return { host: url.hostname, url: url.href }
}

function ownAddresses(): OwnAddress[] {
  return Object.values(networkInterfaces())
    .flatMap(cards => cards ?? [])
    .filter(card => card.family === 'IPv4')
}
