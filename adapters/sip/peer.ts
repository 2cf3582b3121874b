/** Where a message came from and where its answer may go: never to a third party (RFC 3261 §18.2.2, RFC 3581), pure. */
import { isIP } from 'node:net'
import { type Header, splitOutside } from './frame.ts'
import type { Via } from './headers.ts'
import type { Secrecy } from './sdp.ts'

export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'

export interface Peer {
  readonly transport: TransportName
  /** Without IPv4-mapped prefix. */
  readonly address: string
  /** Over a connection its other end. */
  readonly port: number
  /** Over TCP and TLS: where a new connection reaches it when this one is gone (sent-by of its Via, RFC 3261 §18.2.2). */
  readonly listensOn?: number
  /** The certificate that it has shown us over TLS. */
  readonly shown?: ShownCertificate
}

export interface ShownCertificate {
  /** SHA-256, with colons. */
  readonly fingerprint: string
  readonly validToMs: number
}

/** Where each is served unless something else is said (RFC 3261 §19.1.2). */
export const DEFAULT_PORTS: Readonly<Record<TransportName, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 80,
  wss: 443
}

export function peerOf(address: string, port: number, transport: TransportName = 'udp'): Peer {
  const mapped = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4
  return { transport, address: mapped ? address.slice(7) : address, port }
}

/** As a socket of IPv6 wants it, which hears IPv4 too where the system lets it (`::`). */
export function addressFor(socket: 'udp4' | 'udp6', address: string): string {
  return socket === 'udp6' && isIP(address) === 4 ? `::ffff:${address}` : address
}

/** TCP, and what lies upon it, repeats for us: nothing is sent twice there (RFC 3261 §17). */
export function isReliable(peer: Peer): boolean {
  return peer.transport !== 'udp'
}

/** A WebSocket: only the telephone can open it (RFC 7118 §5). */
export function isWeb(peer: Peer): boolean {
  return peer.transport === 'ws' || peer.transport === 'wss'
}

/** Keys of voice are told over TLS only. */
export function secrecyOf(peer: Peer, srtp: Secrecy): Secrecy {
  return peer.transport === 'tls' || peer.transport === 'wss' ? srtp : 'off'
}

export function originOf(peer: Peer): string {
  return `${peer.transport} ${hostPort(peer)}`
}

/** `10.0.0.1:5060` or `[::1]:5060`. */
export function hostPort(peer: Pick<Peer, 'address' | 'port'>): string {
  return `${isIP(peer.address) === 6 ? `[${peer.address}]` : peer.address}:${peer.port}`
}

/**
 * The host is always the one that sent. By datagram the port is the sending one when `rport` was asked for, else the one of sent-by;
 * over a connection it is that connection, and only when it is gone the port of sent-by.
 * `maddr` is not followed: it would let a stranger aim our answers.
 */
export function replyTo(via: Via, from: Peer): Peer {
  if (isReliable(from)) return reachable(from, via)
  return { ...from, port: via.params.has('rport') ? from.port : (via.port ?? DEFAULT_PORTS.udp) }
}

/** A connection's other end with the port it listens on itself. */
export function reachable(from: Peer, via: Via): Peer {
  return isReliable(from) && !isWeb(from) ? { ...from, listensOn: via.port ?? DEFAULT_PORTS[from.transport] } : from
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

/** The topmost Via of a request of ours; `token` must be unique. `rport` keeps the answer on our way through a NAT. */
export function viaOf(peer: Peer, sentBy: string, token: string): string {
  return `SIP/2.0/${peer.transport.toUpperCase()} ${sentBy};branch=z9hG4bK${token};rport`
}

/** Our Contact towards this peer, in the scheme that was dialled (RFC 3261 §12.1.1). */
export function contactOf(peer: Peer, sentBy: string, secure = false): Header {
  // Sealed or not, a WebSocket is `ws` in a URI (RFC 7118 §5.2).
  const named = isWeb(peer) ? 'ws' : peer.transport
  const transport = peer.transport === 'udp' || secure ? '' : `;transport=${named}`
  return { name: 'contact', value: `<${secure ? 'sips' : 'sip'}:${sentBy}${transport}>` }
}
