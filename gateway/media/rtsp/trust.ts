/** Whether a camera's certificate is the right one: verified, given in the registry, or the one that was seen first. */
import type { TLSSocket } from 'node:tls'

/** What is known beforehand of a camera's certificate; fingerprints are SHA-256, hex with or without colons. */
export interface KnownCertificate {
  /** From the registry: nothing else is accepted. */
  readonly pinned?: string
  /** The one that was seen first. */
  readonly remembered?: string
  /** False refuses a certificate that nobody vouches for, instead of remembering it. */
  readonly mayLearn: boolean
}

/** `verified` by a known authority for this name, `pinned` by the registry, `remembered` since first seen, or `firstSeen` now. */
export type Trust = 'verified' | 'pinned' | 'remembered' | 'firstSeen'

export type TrustResult =
  | { readonly ok: true; readonly trust: Trust; readonly fingerprint: string }
  | { readonly ok: false; readonly reason: string }

/** The registry outranks what was remembered, and what was remembered is not outranked by silence. */
export function judgeCertificate(fingerprint: string, verified: boolean, known: KnownCertificate): TrustResult {
  const seen = normalFingerprint(fingerprint)
  const accept = (trust: Trust): TrustResult => ({ ok: true, trust, fingerprint: seen })
  if (known.pinned !== undefined) {
    if (normalFingerprint(known.pinned) === seen) return accept('pinned')
    return { ok: false, reason: `not the certificate of the registry; the camera has ${seen}` }
  }
  if (known.remembered !== undefined && normalFingerprint(known.remembered) === seen) return accept('remembered')
  if (verified) return accept('verified')
  if (known.remembered !== undefined)
    return { ok: false, reason: `certificate changed; if that is right, set tlsFingerprint in the registry to ${seen}` }
  if (!known.mayLearn) return { ok: false, reason: 'nobody vouches for the certificate' }
  return accept('firstSeen')
}

export function judgeSocket(socket: TLSSocket, known: KnownCertificate): TrustResult {
  const { fingerprint256 } = socket.getPeerCertificate()
  if (fingerprint256 === undefined) return { ok: false, reason: 'the camera showed no certificate' }
  return judgeCertificate(fingerprint256, socket.authorized, known)
}

function normalFingerprint(text: string): string {
  const hex = text.replaceAll(':', '').toUpperCase()
  return hex.match(/../g)?.join(':') ?? hex
}
