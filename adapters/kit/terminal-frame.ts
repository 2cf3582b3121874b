/** Framing that JT/T 808 and 905 share, pure: bytes of a stream or a datagram ↔ candidates between two 7e; escapes and XOR. */
import type { Decoded } from '../../gateway/core/frames.ts'

export const FLAG = 0x7e
const ESCAPE = 0x7d

/** What lies between two flags, still escaped, or the reason why bytes were thrown away. */
export type Candidate = Decoded<Buffer, 'noise' | 'oversize' | 'unfinished'>

/** Cuts a byte stream at 0x7e. What lies between two flags is a candidate, so one lost flag costs one frame only. */
export interface Deframer {
  /** The candidates completed by this chunk; they may share its memory. */
  push(chunk: Buffer): Candidate[]
  /** The stream or datagram is over: what has begun and not ended. The next push begins anew. */
  end(): Candidate[]
  /** Behind a flag, and nothing has begun: another flag would change nothing. */
  readonly atRest: boolean
}

/** A cutter that keeps at most `maxEscaped` bytes: a peer that never sends a flag costs a few kilobytes and is counted once per flag. */
export function createDeframer(maxEscaped: number): Deframer {
  let kept: Buffer | undefined
  let length = 0
  let inside = false
  let oversize = false
  let noise = false

  function keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (!inside) noise = true
    else if (length + bytes.length > maxEscaped) oversize = true
    else {
      kept ??= Buffer.alloc(maxEscaped)
      bytes.copy(kept, length)
      length += bytes.length
    }
  }

  function complete(piece: Buffer): Candidate | undefined {
    if (!inside && (noise || piece.length > 0)) return { ok: false, reason: 'noise' }
    if (oversize || length + piece.length > maxEscaped) return { ok: false, reason: 'oversize' }
    if (length === 0) return piece.length > 0 ? { ok: true, value: piece } : undefined
    keep(piece)
    return { ok: true, value: Buffer.from((kept as Buffer).subarray(0, length)) }
  }

  function begin(nowInside: boolean): void {
    inside = nowInside
    length = 0
    oversize = false
    noise = false
  }

  return {
    push(chunk) {
      const out: Candidate[] = []
      let at = 0
      for (let flag = chunk.indexOf(FLAG); flag >= 0; flag = chunk.indexOf(FLAG, at)) {
        const candidate = complete(chunk.subarray(at, flag))
        if (candidate) out.push(candidate)
        begin(true)
        at = flag + 1
      }
      keep(chunk.subarray(at))
      return out
    },
    end() {
      const reason = noise ? 'noise' : oversize ? 'oversize' : length > 0 ? 'unfinished' : undefined
      begin(false)
      return reason ? [{ ok: false, reason }] : []
    },
    get atRest() {
      return inside && length === 0 && !oversize
    }
  }
}

/** A frame with flags, checksum and escapes around header and body. */
export function wrap(data: Buffer): Buffer {
  const out = Buffer.allocUnsafe((data.length + 1) * 2 + 2)
  const xor = xorOf(data)
  let length = 0
  out[length++] = FLAG
  for (let i = 0; i <= data.length; i++) {
    const byte = i < data.length ? (data[i] as number) : xor
    if (byte === FLAG || byte === ESCAPE) out[length++] = ESCAPE
    out[length++] = byte === FLAG ? 2 : byte === ESCAPE ? 1 : byte
  }
  out[length++] = FLAG
  return out.subarray(0, length)
}

/** The bytes without escapes, checksum included. A lone 7d is taken as itself: some terminals do not escape their checksum, and the XOR decides. */
export function unwrap(escaped: Buffer): Buffer {
  if (!escaped.includes(ESCAPE)) return escaped
  const out = Buffer.alloc(escaped.length)
  let length = 0
  for (let i = 0; i < escaped.length; i++) {
    const code = escaped[i] === ESCAPE ? escaped[i + 1] : undefined
    if (code === 1 || code === 2) i += 1
    out[length++] = code === 2 ? FLAG : code === 1 ? ESCAPE : (escaped[i] ?? 0)
  }
  return out.subarray(0, length)
}

export function xorOf(data: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum ^= data[i] as number
  return sum
}

/** Body of the general answer 0x8001: serial and id of what it answers, result. Made for every report, so in one piece. */
export function answerBody(serial: number, id: number, result: number): Buffer {
  const body = Buffer.allocUnsafe(5)
  body.writeUInt16BE(serial, 0)
  body.writeUInt16BE(id, 2)
  body.writeUInt8(result, 4)
  return body
}

/** Big-endian 16-bit words one after another. */
export function words(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    out.writeUInt16BE(value & 0xffff, index * 2)
  })
  return out
}
