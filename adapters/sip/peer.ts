/** Where a datagram came from and where its answer may go: never to a third party (RFC 3261 §18.2.2, RFC 3581), pure. */
import { isIP } from 'node:net'
import { type Header, splitOutside } from './frame.ts'
import type { Via } from './headers.ts'

export interface Peer {
  /** Without IPv4-mapped prefix. */
  readonly address: string
  readonly port: number
}

const DEFAULT_PORT = 5060

export function peerOf(address: string, port: number): Peer {
  return { address: address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address, port }
}

export function originOf(peer: Peer): string {
  return `udp ${hostPort(peer)}`
}

/** `10.0.0.1:5060` or `[::1]:5060`. */
export function hostPort(peer: Peer): string {
  return `${isIP(peer.address) === 6 ? `[${peer.address}]` : peer.address}:${peer.port}`
}

/**
 * The host is always the one that sent; the port is the sending one when `rport` was asked for, else the one of sent-by.
 * `maddr` is not followed: it would let a stranger aim our answers.
 */
export function replyTo(via: Via, from: Peer): Peer {
  return { address: from.address, port: via.params.has('rport') ? from.port : (via.port ?? DEFAULT_PORT) }
}

/** The topmost Via with `received` and `rport` filled in; the rest untouched. */
export function stampVia(headers: readonly Header[], via: Via, from: Peer): Header[] {
  const first = headers.findIndex(h => h.name === 'via')
  return headers.map((h, i) => {
    if (i !== first) return h
    const asked = via.params.has('rport')
    if (via.host === from.address && !asked) return h
    const [top = '', ...others] = splitOutside(h.value, ',')
    const kept = splitOutside(top, ';').filter(part => !/^(?:rport|received)\s*(?:=|$)/i.test(part))
    const stamped = [...kept, `received=${from.address}`, ...(asked ? [`rport=${from.port}`] : [])].join(';')
    return { name: 'via', value: [stamped, ...others].join(', ') }
  })
}
