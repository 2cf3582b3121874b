/** What a worker and its WebRTC thread say to each other. */
import type { RtpFrame } from './frames.ts'
import type { Offer } from './offer.ts'

/** Where the thread may open ports, and what it calls them. */
export interface Reach {
  /** Addresses that are told to the client. */
  readonly addresses: readonly string[]
  /** Bound to this address; to all of them where there is none. */
  readonly bind?: string
}

export interface RtcThreadData {
  /** UDP ports, both ends inclusive; any free one where there are none. */
  readonly ports?: { readonly from: number; readonly to: number }
}

export type ToRtc =
  | { readonly kind: 'open'; readonly peer: number; readonly offer: Offer; readonly reach: Reach }
  /** This peer sees that source from now on, from its newest keyframe. */
  | { readonly kind: 'watch'; readonly peer: number; readonly source: number }
  | { readonly kind: 'keysOnly'; readonly peer: number; readonly value: boolean }
  | { readonly kind: 'close'; readonly peer: number }
  /** The next picture of a source, in the order of decoding. */
  | { readonly kind: 'frame'; readonly source: number; readonly frame: RtpFrame }
  | { readonly kind: 'forget'; readonly source: number }

export type FromRtc =
  | { readonly kind: 'answer'; readonly peer: number; readonly sdp: string }
  /** ICE and DTLS are through. */
  | { readonly kind: 'connected'; readonly peer: number }
  | { readonly kind: 'ended'; readonly peer: number; readonly reason: string }
