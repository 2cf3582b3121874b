/** What the voice thread and its WebRTC thread say to each other. */
import type { TalkOffer } from './talk-offer.ts'

/** Where a browser is told to come. */
export interface TalkReach {
  readonly addresses: readonly string[]
  /** Bound to this address; to all of them where there is none. */
  readonly bind?: string
}

export interface TalkThreadData {
  /** UDP ports, both ends inclusive; `from` 0: any free ones. */
  readonly ports: { readonly from: number; readonly to: number }
}

/** One packet of G.711 as it came; its number and time count within its own stream only. */
export interface TalkPacket {
  readonly payloadType: number
  readonly sequence: number
  readonly timestamp: number
  readonly payload: Uint8Array
}

export type ToTalkThread =
  | { readonly kind: 'open'; readonly peer: number; readonly offer: TalkOffer; readonly reach: TalkReach }
  | { readonly kind: 'hear'; readonly peer: number; readonly packet: TalkPacket }
  | { readonly kind: 'close'; readonly peer: number }

export type FromTalkThread =
  | { readonly kind: 'answer'; readonly peer: number; readonly sdp: string }
  /** ICE and DTLS are through. */
  | { readonly kind: 'connected'; readonly peer: number }
  | { readonly kind: 'said'; readonly peer: number; readonly packet: TalkPacket }
  | { readonly kind: 'ended'; readonly peer: number; readonly reason: string }
