/** The last frames of each source and of strangers, in memory only: bounded by frame, source and in all, so that writing one costs next to nothing. */
import type { SourceId } from '../core/brand.ts'
import { TRACE_LIMITS, type TraceFrame } from '../core/trace.ts'

export interface KeptFrame {
  /** Rises with each frame. */
  readonly n: number
  readonly atMs: number
  readonly origin: string
  readonly out: boolean
  readonly length: number
  /** The first bytes, one a character: such strings lie packed in the heap and pin no buffer of a socket. */
  readonly text: string
  readonly fault?: string
  readonly moves?: boolean
}

export interface Ring {
  readonly protocol: string
  readonly name: string
  readonly frames: readonly KeptFrame[]
}

export interface TraceRoom {
  write(protocol: string, frame: TraceFrame, atMs: number): void
  /** Drops frames that tell where somebody was before then (rule 10). */
  forgetMoves(beforeMs: number): void
  /** Of a source, or of a stranger by the id that `strangers` gives. */
  of(id: string): Ring | undefined
  strangers(): readonly (Ring & { readonly id: string })[]
}

interface MutableRing {
  readonly protocol: string
  readonly name: string
  readonly frames: KeptFrame[]
  bytes: number
}

/** What a frame costs beside its bytes. */
const OVERHEAD = 120
const LEAST_BYTES = 512
/** Each gives back more than one frame brings, so that a few at a time catch up. */
const LOOKED_AT = 8
export const STRANGER = 'stranger:'

export function createTrace(
  known: (sourceId: SourceId) => boolean,
  totalBytes: number = TRACE_LIMITS.totalBytes
): TraceRoom {
  const rings = new Map<string, MutableRing>()
  const strangers = new Map<string, MutableRing>()
  let total = 0
  let written = 0
  /** Goes round all sources, a few a frame: never all of them for one frame, however full it is. */
  let round = rings.values()

  /** A share of the whole: with a few sources each keeps all its frames, with 20,000 the last ones. */
  const shareOf = (): number => Math.max(LEAST_BYTES, Math.floor(totalBytes / Math.max(1, rings.size)))
  const trim = (ring: MutableRing, share: number, count: number): void => {
    while (ring.frames.length > count || (ring.bytes > share && ring.frames.length > 1)) {
      const gone = ring.frames.shift()
      if (!gone) return
      ring.bytes -= gone.text.length + OVERHEAD
      total -= gone.text.length + OVERHEAD
    }
  }
  /** The same peer as before, as a rule: one text of it for all frames. */
  const peerOf = (ring: MutableRing, origin: string): string => {
    const before = ring.frames.at(-1)?.origin
    return before === origin ? before : origin
  }
  const add = (ring: MutableRing, frame: KeptFrame): void => {
    ring.frames.push(frame)
    ring.bytes += frame.text.length + OVERHEAD
    total += frame.text.length + OVERHEAD
  }
  const strangerOf = (protocol: string, name: string): MutableRing => {
    const id = `${STRANGER}${protocol} ${name}`
    const ring = strangers.get(id) ?? { protocol, name, frames: [], bytes: 0 }
    strangers.delete(id)
    strangers.set(id, ring)
    if (strangers.size > TRACE_LIMITS.strangers) {
      const [oldest, left] = strangers.entries().next().value as [string, MutableRing]
      total -= left.bytes
      strangers.delete(oldest)
    }
    return ring
  }

  return {
    write(protocol, { source, origin, bytes, out = false, fault, moves }, atMs) {
      written += 1
      const frameIn = (ring: MutableRing): KeptFrame => ({
        n: written,
        ...{ atMs, origin: peerOf(ring, origin), out, length: bytes.length, fault, moves },
        text: Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, TRACE_LIMITS.bytes)).toString('latin1')
      })
      if (source !== undefined && known(source)) {
        let ring = rings.get(source)
        if (!ring) {
          ring = { protocol, name: source, frames: [], bytes: 0 }
          rings.set(source, ring)
        }
        add(ring, frameIn(ring))
        trim(ring, shareOf(), TRACE_LIMITS.frames)
      } else {
        const ring = strangerOf(protocol, source ?? hostOf(origin))
        add(ring, frameIn(ring))
        trim(ring, TRACE_LIMITS.strangerFrames * TRACE_LIMITS.bytes, TRACE_LIMITS.strangerFrames)
      }
      // More sources than before share it: those that were silent since give back what is beyond their share.
      for (let n = 0; total > totalBytes && n < LOOKED_AT; n++) {
        const next = round.next()
        if (next.done) round = rings.values()
        else trim(next.value, shareOf(), TRACE_LIMITS.frames)
      }
    },
    forgetMoves(beforeMs) {
      for (const ring of [...rings.values(), ...strangers.values()]) {
        const gone = ring.frames.filter(frame => frame.moves && frame.atMs < beforeMs)
        if (gone.length === 0) continue
        const bytes = gone.reduce((sum, { text }) => sum + text.length + OVERHEAD, 0)
        ring.bytes -= bytes
        total -= bytes
        ring.frames.splice(0, ring.frames.length, ...ring.frames.filter(frame => !gone.includes(frame)))
      }
    },
    of: id => (id.startsWith(STRANGER) ? strangers.get(id) : rings.get(id)),
    strangers: () => [...strangers].reverse().map(([id, ring]) => ({ id, ...ring }))
  }
}

/** `udp 10.0.0.1:5060` → `10.0.0.1`: a stranger comes from another port each time. */
function hostOf(origin: string): string {
  const address = origin.slice(origin.indexOf(' ') + 1)
  const colon = address.lastIndexOf(':')
  return colon > 0 ? address.slice(0, colon) : address
}
