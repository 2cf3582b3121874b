/** Cuts the byte stream of an RTSP connection (RFC 2326 §10.12) into `$` frames and messages, in place where they lie whole. */

/** Where the pieces go; the bytes are valid only during the call. */
export interface InterleavedSink {
  frame(channel: number, bytes: Buffer, start: number, end: number): void
  message(text: string, body: string): void
}

const DOLLAR = 0x24
const MAX_HEAD_BYTES = 16 * 1024
const MAX_BODY_BYTES = 64 * 1024

/** What cannot be followed any further: the connection must be closed. */
export type InterleavedFault = 'garbage' | 'headTooLarge' | 'bodyTooLarge'

/** One per connection. Only a piece that is cut by the end of a read is copied, into a small buffer of its own. */
export class InterleavedParser {
  readonly #sink: InterleavedSink
  #carry = Buffer.alloc(0)
  #carried = 0

  constructor(sink: InterleavedSink) {
    this.#sink = sink
  }

  /** The bytes of one read, `bytes[0, length)`; a fault is final. */
  feed(bytes: Buffer, length: number): InterleavedFault | undefined {
    let at = 0
    while (this.#carried > 0 && at < length) {
      const want = Math.max(1, pieceLength(this.#carry, 0, this.#carried).bytes - this.#carried)
      const take = Math.min(want, length - at)
      this.#keep(bytes, at, at + take)
      at += take
      const used = this.#step(this.#carry, 0, this.#carried)
      if (typeof used === 'string') return used
      if (used === 0) continue
      // A message's length shows only at its end: what was taken too much is read again in place.
      at -= this.#carried - used
      this.#carried = 0
    }
    while (at < length) {
      const used = this.#step(bytes, at, length)
      if (typeof used === 'string') return used
      if (used === 0) break
      at += used
    }
    if (at < length) this.#keep(bytes, at, length)
    return undefined
  }

  /** Hands out one whole piece and gives its length, 0 when it is not whole yet. */
  #step(bytes: Buffer, start: number, end: number): number | InterleavedFault {
    const piece = pieceLength(bytes, start, end)
    if (piece.fault !== undefined) return piece.fault
    if (!piece.known || start + piece.bytes > end) return 0
    if (bytes[start] === DOLLAR) this.#sink.frame(bytes[start + 1] ?? 0, bytes, start + 4, start + piece.bytes)
    else if (piece.head > 0) {
      const head = bytes.toString('latin1', start, start + piece.head)
      this.#sink.message(head, bytes.toString('utf8', start + piece.head, start + piece.bytes))
    }
    return piece.bytes
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const needed = this.#carried + end - start
    if (needed > this.#carry.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2048, 2 ** Math.ceil(Math.log2(needed))))
      this.#carry.copy(larger, 0, 0, this.#carried)
      this.#carry = larger
    }
    bytes.copy(this.#carry, this.#carried, start, end)
    this.#carried = needed
  }
}

interface Piece {
  /** False while the length cannot be told yet; `bytes` is then the least that must come. */
  known: boolean
  bytes: number
  head: number
  fault: InterleavedFault | undefined
}

/** One object for all calls: nothing is allocated per packet, and the result is used before the next call. */
const piece: Piece = { known: false, bytes: 0, head: 0, fault: undefined }

function pieceLength(bytes: Buffer, start: number, end: number): Piece {
  const first = bytes[start] ?? 0
  if (first === DOLLAR) return end - start < 4 ? found(false, 4) : found(true, 4 + bytes.readUInt16BE(start + 2))
  // Some servers put an empty line between messages.
  if (first === 13 || first === 10) return found(true, 1)
  if (first < 0x41 || first > 0x5a) return broken('garbage')
  return messageLength(bytes, start, end)
}

function messageLength(bytes: Buffer, start: number, end: number): Piece {
  const limit = Math.min(end, start + MAX_HEAD_BYTES)
  const stop = bytes.subarray(start, limit).indexOf('\r\n\r\n')
  if (stop === -1) return limit < end ? broken('headTooLarge') : found(false, end - start + 512)
  const head = stop + 4
  const match = /^content-length[ \t]*:[ \t]*(\d{1,9})[ \t]*$/im.exec(bytes.toString('latin1', start, start + head))
  const body = match ? Number(match[1]) : 0
  if (body > MAX_BODY_BYTES) return broken('bodyTooLarge')
  return found(true, head + body, head)
}

function found(known: boolean, bytes: number, head = 0): Piece {
  piece.known = known
  piece.bytes = bytes
  piece.head = head
  piece.fault = undefined
  return piece
}

function broken(fault: InterleavedFault): Piece {
  found(true, 1)
  piece.fault = fault
  return piece
}
