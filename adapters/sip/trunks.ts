/** Which exchange a message comes from: by its address, by the certificate of its TLS connection, or by the log-in that it proves; pure. */
import type { SipConfig, Trunk } from './config.ts'
import { DEFAULT_PORTS, type Peer } from './peer.ts'

/** `fingerprint` is the SHA-256 of the connection's client certificate. A trunk with a log-in is known only after its proof. */
export function trunkOf(trunks: readonly Trunk[], peer: Peer, fingerprint?: string): Trunk | undefined {
  return trunks.find(t => {
    if (t.login !== undefined || !comesFrom(t, peer)) return false
    if (t.certificate === undefined) return t.address !== undefined
    return fingerprint !== undefined && bare(t.certificate) === bare(fingerprint)
  })
}

/** The exchange that proves itself with this log-in. */
export function trunkOfLogin(config: Pick<SipConfig, 'trunks'>, peer: Peer, login: string): Trunk | undefined {
  return config.trunks.find(t => t.login === login && comesFrom(t, peer))
}

/** True when an exchange may yet prove itself from here: its calls are challenged before they are taken for a stranger's. */
export function mayBeTrunk(config: Pick<SipConfig, 'trunks'>, peer: Peer): boolean {
  return config.trunks.some(t => t.login !== undefined && comesFrom(t, peer))
}

/** True when this exchange is known by a certificate that such a connection could show. */
export function mayShowCertificate(trunk: Trunk, peer: Peer): boolean {
  return trunk.certificate !== undefined && trunk.login === undefined && comesFrom(trunk, peer)
}

/** Key of our own log-in at this exchange. */
export function loginOf(trunk: Pick<Trunk, 'name'>): string {
  return `trunk/${trunk.name}`
}

/** Where we call an exchange; undefined when it only calls us. */
export function peerOfTrunk({ address, port, transport = 'udp' }: Trunk): Peer | undefined {
  return address === undefined ? undefined : { transport, address, port: port ?? DEFAULT_PORTS[transport] }
}

/** The certificate that this peer must show when we open the connection. */
export function pinOf(trunks: readonly Trunk[], peer: Peer): string | undefined {
  const trunk = trunks.find(t => t.certificate !== undefined && t.address === peer.address)
  return trunk?.certificate === undefined ? undefined : bare(trunk.certificate)
}

/** Fingerprints are written with and without colons, in either case. */
export function bare(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase()
}

function comesFrom(trunk: Trunk, peer: Peer): boolean {
  if (trunk.address !== undefined && trunk.address !== peer.address) return false
  // The port of a connection is of the moment; only datagrams have one that can be listed.
  return trunk.port === undefined || peer.transport !== 'udp' || trunk.port === peer.port
}
