/** Cuts SIP messages out of a TCP or TLS stream by Content-Length (RFC 3261 §18.3), pure and bounded. */
import { MAX_MESSAGE_BYTES } from './frame.ts'

/** Why a stream cannot be read on: the next message's beginning is not known any more. */
export type StreamFault = 'tooLarge' | 'notSip' | 'contentLength'

/** `ping` is the double CRLF of RFC 5626 §3.5.1, to be answered with one CRLF. */
export type Cut =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  | { readonly kind: 'ping' }
  | { readonly kind: 'broken'; readonly fault: StreamFault }

const CR = 13
const LF = 10
const PING = 0x0d_0a_0d_0a
const NOTHING: Buffer = Buffer.alloc(0)
/** The start line of a request or a response. */
const START = /^[^\r\n]{0,8000}?SIP\/\d/

/** Bytes of one connection; `next` is called until it gives nothing. What came before a fault is delivered, after it nothing is. */
export class StreamFramer {
  /** Grows by doubling, so that a message sent byte by byte costs no more than one sent at once. */
  #buffer: Buffer = NOTHING
  #from = 0
  #to = 0
  /** Up to here no end of headers was found. */
  #searched = 0
  /** Length of the message at `#from`, when its headers have been read. */
  #length: number | undefined
  #fault: StreamFault | undefined

  /** True while a message has begun and not ended. */
  get partial(): boolean {
    const first = this.#buffer[this.#from]
    return this.#pending > 0 && first !== CR && first !== LF
  }

  get #pending(): number {
    return this.#to - this.#from
  }

  push(chunk: Buffer): void {
    if (this.#fault) return
    if (this.#to + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length)
    this.#to += chunk.copy(this.#buffer, this.#to)
  }

  next(): Cut | undefined {
    if (this.#fault) return undefined
    if (this.#length === undefined) {
      if (this.#skipLineEnds()) return { kind: 'ping' }
      const fault = this.#readHeaders()
      if (fault) return this.#break(fault)
    }
    if (this.#length === undefined || this.#pending < this.#length) return undefined
    const bytes = Buffer.from(this.#buffer.subarray(this.#from, this.#from + this.#length))
    this.#from += this.#length
    this.#searched = this.#from
    this.#length = undefined
    return { kind: 'message', bytes }
  }

  #break(fault: StreamFault): Cut {
    this.#fault = fault
    this.#buffer = NOTHING
    this.#from = this.#to = 0
    return { kind: 'broken', fault }
  }

  /** Line ends between messages are passed over (§7.5); two in a row are a ping. */
  #skipLineEnds(): boolean {
    const buffer = this.#buffer
    while (this.#from < this.#to && (buffer[this.#from] === CR || buffer[this.#from] === LF)) {
      const ping = this.#pending >= 4 && buffer.readUInt32BE(this.#from) === PING
      // Half a ping waits for its other half: alone it would be a pong.
      if (!ping && this.#pending < 4 && buffer[this.#from] === CR) return false
      this.#from += ping ? 4 : 1
      this.#searched = this.#from
      if (ping) return true
    }
    return false
  }

  /** Sets the length of the message at `#from` when the end of its headers has come. */
  #readHeaders(): StreamFault | undefined {
    if (!this.partial) return undefined
    const held = this.#buffer.subarray(this.#from, this.#to)
    const since = Math.max(0, this.#searched - this.#from - 3)
    const end = headerEnd(held, since)
    this.#searched = this.#to
    if (end === undefined) {
      if (!mayBeSip(held)) return 'notSip'
      return this.#pending > MAX_MESSAGE_BYTES ? 'tooLarge' : undefined
    }
    const head = held.toString('latin1', 0, end)
    if (!START.test(head)) return 'notSip'
    const length = contentLength(head)
    if (length === undefined) return 'contentLength'
    if (end + length > MAX_MESSAGE_BYTES) return 'tooLarge'
    this.#length = end + length
    return undefined
  }

  #makeRoom(more: number): void {
    const held = this.#buffer.subarray(this.#from, this.#to)
    const roomy = Buffer.allocUnsafe(Math.max(2_048, 2 * (held.length + more)))
    held.copy(roomy)
    this.#searched -= this.#from
    this.#from = 0
    this.#to = held.length
    this.#buffer = roomy
  }
}

/** A request or status line begins with a token's letter; TLS, HTTP/2 and noise are told at their first bytes. */
function mayBeSip(held: Buffer): boolean {
  const lineEnd = held.indexOf(LF)
  const first = held.toString('latin1', 0, lineEnd < 0 ? Math.min(held.length, 32) : lineEnd)
  if (!/^[A-Za-z0-9\-.!%*_+`'~]/.test(first)) return false
  return lineEnd < 0 || START.test(first)
}

/** Index after the empty line; a bare LF is a line end too, as in datagrams. */
function headerEnd(bytes: Buffer, from: number): number | undefined {
  const crlf = bytes.indexOf('\r\n\r\n', from, 'latin1')
  const lf = bytes.indexOf('\n\n', from, 'latin1')
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 4
  return lf >= 0 ? lf + 2 : undefined
}

/** Absent: no body, so that a press without it is read all the same. Several that differ leave no way on. */
function contentLength(head: string): number | undefined {
  const values = [...head.matchAll(/^(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)/gim)].map(m => (m[1] ?? '').trim())
  const [first] = values
  if (first === undefined) return 0
  return /^\d{1,9}$/.test(first) && values.every(v => v === first) ? Number(first) : undefined
}
