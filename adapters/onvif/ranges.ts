/** IPv4 ranges: which addresses may be connected to, and which are asked one by one. */

/** First address as an unsigned 32-bit number, and how many follow. */
export interface AddressRange {
  readonly first: number
  readonly count: number
}

/** An own network card, as os.networkInterfaces() tells it. */
export interface OwnAddress {
  readonly address: string
  readonly netmask: string
  readonly internal: boolean
}

/** `a.b.c.d` or `a.b.c.d/n`; undefined when it is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', prefix = '32'] = text.split('/')
  const value = parseIpv4(address)
  const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : 33
  if (value === undefined || bits > 32) return undefined
  const count = 2 ** (32 - bits)
  return { first: value - (value % count), count }
}

/** Dotted decimal without leading zeros → number; undefined for anything else. */
export function parseIpv4(text: string): number | undefined {
  const octets = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/
    .exec(text)
    ?.slice(1)
    .map(Number)
  if (!octets || octets.some(octet => octet > 255)) return undefined
  return octets.reduce((value, octet) => value * 256 + octet, 0)
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}

export function contains(ranges: readonly AddressRange[], address: string): boolean {
  const value = parseIpv4(address)
  return value !== undefined && ranges.some(range => value >= range.first && value < range.first + range.count)
}

/** RFC 1918, RFC 3927, RFC 6598 and loopback. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10', '127.0.0.0/8']
  .map(parseRange)
  .filter(range => range !== undefined)

/** Loopback and the private networks that own cards stand in: where a found device may be, unless the configuration says otherwise. */
export function ownPrivateRanges(own: readonly OwnAddress[]): AddressRange[] {
  const ranges = own
    .filter(card => contains(PRIVATE, card.address))
    .map(card => parseRange(`${card.address}/${prefixOf(card.netmask)}`))
  return ranges.filter(range => range !== undefined)
}

/** The addresses of a range one by one, without network and broadcast address where there are such. */
export function* addressesOf(range: AddressRange): Generator<string> {
  const edge = range.count > 2 ? 1 : 0
  for (let i = edge; i < range.count - edge; i++) yield formatIpv4(range.first + i)
}

function prefixOf(netmask: string): number {
  const value = parseIpv4(netmask) ?? 0
  return value.toString(2).replaceAll('0', '').length
}
