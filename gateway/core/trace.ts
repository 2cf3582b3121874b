/** Last frames of a source as they came, and what their bytes mean: for the technician at the box. Types and bounds only. */
import type { SourceId } from './brand.ts'

/** What an adapter hands over, at the moment it reads or writes it; the bytes are copied. */
export interface TraceFrame {
  /** Whom it names, by its own word; absent when that cannot be read. */
  readonly source?: SourceId
  /** Peer as `udp 10.0.0.1:5060`. */
  readonly origin: string
  readonly bytes: Uint8Array
  /** True: we sent it. */
  readonly out?: boolean
  /** Why it was not taken, in the adapter's own word. */
  readonly fault?: string
  /** It tells where somebody is: kept no longer than a latest position (rule 10). */
  readonly moves?: boolean
}

/** A stretch of the bytes and its meaning. Offsets count from the frame's first byte. */
export interface ExplainedField {
  readonly offset: number
  readonly length: number
  /** Word of the adapter, e.g. `crc`, `account`. */
  readonly name: string
  readonly value: string
  /** What is wrong with it: `wrong` with what was `expected`, `unknown`, `invalid`. */
  readonly fault?: 'wrong' | 'unknown' | 'invalid'
  readonly expected?: string
  /** The device's claim of the time, UTC ms: shown by how far it is off. */
  readonly claimsMs?: number
  /** Never leaves the gateway: neither the value nor the bytes. */
  readonly secret?: boolean
}

export const TRACE_LIMITS = {
  frames: 32,
  bytes: 2_048,
  totalBytes: 12_000_000,
  strangers: 500,
  strangerFrames: 8
} as const

/** A frame as it is shown; `hex` has masked bytes for secrets. */
export interface FrameView {
  /** Rises with each frame. */
  readonly n: number
  readonly atMs: number
  readonly origin: string
  readonly out: boolean
  /** Of the whole frame; `hex` has at most 2,048 bytes of it. */
  readonly length: number
  readonly hex: string
  readonly fault?: string
  readonly fields: readonly (Omit<ExplainedField, 'claimsMs' | 'secret'> & {
    /** The claimed time minus ours. */
    readonly offMs?: number
    readonly masked?: boolean
  })[]
}

/** GET /api/sources/frames?id: newest first; each reading is audited. */
export interface SourceFrames {
  readonly nowMs: number
  /** Frames are kept since then, in memory: the start of the gateway. */
  readonly sinceMs: number
  readonly protocol: string
  readonly frames: readonly FrameView[]
}

/** GET /api/sources/strangers: peers whose frames name nobody of the registry, newest first. */
export interface TraceStrangers {
  readonly strangers: readonly {
    /** What `frames` is asked with. */
    readonly id: string
    readonly protocol: string
    /** The id it names, or its address. */
    readonly name: string
    readonly atMs: number
    readonly frames: number
    readonly fault?: string
  }[]
}
