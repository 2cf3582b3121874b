/**
 * Where a camera may send us: to another port or path of its own, with the login; to another host of the same kind of network, never
 * with the login; to this machine or a link-local address, never.
 */
import { BlockList, isIP } from 'node:net'
import { parseRtspUrl, type RtspAddress } from './address.ts'

const MAX_REDIRECTS = 3

type Network = 'loopback' | 'private' | 'unusable' | 'public'

const IPV4: readonly (readonly [Network, readonly (readonly [string, number])[]])[] = [
  ['loopback', [['127.0.0.0', 8]]],
  [
    'private',
    [
      ['10.0.0.0', 8],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['100.64.0.0', 10]
    ]
  ],
  // This host, link-local, multicast and reserved.
  [
    'unusable',
    [
      ['0.0.0.0', 8],
      ['169.254.0.0', 16],
      ['224.0.0.0', 3]
    ]
  ]
]

/** Of addresses as the URL parser writes them; all that is neither local nor global unicast stands for something else. */
const IPV6: readonly (readonly [Network, RegExp])[] = [
  ['loopback', /^::1$/],
  ['private', /^f[cd][\da-f]{2}:/],
  ['public', /^[23][\da-f]{3}:/]
]

const IPV4_LISTS = IPV4.map(([network, subnets]) => {
  const list = new BlockList()
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix)
  return { network, list }
})

export interface Redirect {
  readonly address: RtspAddress
  /** Another host: it gets no login, and its certificate is not learnt. */
  readonly stranger: boolean
}

/** `done` counts the redirects followed before; a refusal says why. */
export function followRedirect(from: RtspAddress, location: string | undefined, done: number): Redirect | string {
  if (done >= MAX_REDIRECTS) return `more than ${MAX_REDIRECTS} redirects`
  const address = parseRtspUrl(location ?? '')
  if (!address) return 'the redirect names no rtsp:// or rtsps:// address'
  if (from.secure && !address.secure) return 'the redirect leads from TLS to a line in clear'
  if (address.host.toLowerCase() === from.host.toLowerCase()) return { address, stranger: false }
  const reason = strangerFault(from.host, address)
  return reason ?? { address, stranger: true }
}

function strangerFault(fromHost: string, { host, port }: RtspAddress): string | undefined {
  // A name could mean anything by the time it is looked up.
  if (isIP(host) === 0 || isIP(fromHost) === 0)
    return `the redirect leads to another host, ${host}; list that address itself`
  const network = networkOf(host)
  if (network === 'unusable' || network !== networkOf(fromHost)) return `the redirect leads to another network, ${host}`
  if (port < 1024 && port !== 554 && port !== 322) return `the redirect leads to port ${port}, which is not for video`
  return undefined
}

/** Of an IP address as the URL parser writes it. */
export function networkOf(host: string): Network {
  if (isIP(host) === 6) return IPV6.find(([, pattern]) => pattern.test(host))?.[0] ?? 'unusable'
  return IPV4_LISTS.find(({ list }) => list.check(host))?.network ?? 'public'
}
