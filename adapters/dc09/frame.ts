/** SIA DC-09 framing, pure: bytes of a stream ↔ `LF CRC 0LLL "id" seq R L #acct [data] [x] _time CR`; CRC-16/ARC, hex or raw. */
import type { Decoded } from '../../gateway/core/frames.ts'

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
/** The length has three hex digits. */
export const MAX_BODY = 0xfff

/** How the CRC was written: four hex digits, or two bytes, high byte first. It is answered in the same form. */
export type CrcForm = 'hex' | 'raw'

export type CutReason = 'noise' | 'oversize' | 'unterminated' | 'badCrc'
export type FrameReason = 'envelope' | 'noLine' | 'noAccount'

/** From `"` to before CR, with its CRC found right. */
export interface Cut {
  readonly crcForm: CrcForm
  readonly body: Buffer
  /** False: the length said otherwise. The CRC was right, so what is in it counts all the same. */
  readonly lengthRight: boolean
  /** From LF to CR, in the memory of the chunk it came in. */
  readonly frame?: Buffer
}

/** What every message says in clear; `content` begins after the bracket and is hex when encrypted. */
export interface Frame {
  readonly crcForm: CrcForm
  /** Without the star. */
  readonly id: string
  readonly encrypted: boolean
  /** Four digits as they came. */
  readonly seq: string
  readonly receiver?: string
  readonly line: string
  readonly account: string
  readonly content: string
}

/** The content in clear: what is between the brackets, the extended blocks `[Xvalue]`, and the time of sending. */
export interface Content {
  readonly data: string
  readonly blocks: readonly { readonly id: string; readonly value: string }[]
  /** `HH:MM:SS,MM-DD-YYYY`. */
  readonly timestamp?: string
}

const TABLE = Uint16Array.from({ length: 256 }, (_, n) => {
  let crc = n
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  return crc
})

/** CRC-16/ARC: polynomial 0xA001 reflected, begins with 0; "123456789" is BB3D. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) crc = (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] as number)
  return crc
}

/** Cuts a byte stream into frames with a right CRC; garbage, torn and endless ones are told by reason and harm no other. */
export interface Deframer {
  push(chunk: Uint8Array): Decoded<Cut, CutReason>[]
  /** Nothing more comes (a datagram): what is left over is torn. */
  end(): Decoded<Cut, CutReason>[]
}

/** Holds one frame at most, whatever a peer sends. */
export function createDeframer(): Deframer {
  let rest: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
      const { cuts, next } = cutAll(bytes)
      // A copy: a few bytes must not hold the whole chunk they came in.
      rest = Buffer.from(bytes.subarray(next))
      return cuts
    },
    end() {
      const left = rest
      rest = Buffer.alloc(0)
      return left.length > 0 ? [{ ok: false, reason: left.length > 9 ? 'unterminated' : 'noise' }] : []
    }
  }
}

function cutAll(bytes: Buffer): { readonly cuts: Decoded<Cut, CutReason>[]; readonly next: number } {
  const cuts: Decoded<Cut, CutReason>[] = []
  let at = 0
  let noise = false
  const skip = (to: number) => {
    for (let i = at; i < to && !noise; i++) noise = bytes[i] !== LF && bytes[i] !== CR
    at = to
  }
  const tellNoise = () => {
    if (noise) cuts.push({ ok: false, reason: 'noise' })
    noise = false
  }
  while (at < bytes.length) {
    const lf = bytes.indexOf(LF, at)
    skip(lf < 0 ? bytes.length : lf)
    if (lf < 0) break
    const head = headAt(bytes, lf)
    if (head === 'unknown') break
    if (!head) {
      skip(lf + 1)
      continue
    }
    tellNoise()
    const end = endOf(bytes, head.start)
    if (end.kind === 'wait') break
    if (end.kind === 'cut') cuts.push(checked(bytes, lf, head, end.at))
    else cuts.push({ ok: false, reason: end.kind })
    at = end.kind === 'cut' ? end.at + 1 : end.kind === 'unterminated' ? end.at : head.start
  }
  tellNoise()
  return { cuts, next: at }
}

interface Head {
  readonly form: CrcForm
  /** Where the `"` stands. */
  readonly start: number
}

/** Two forms, told apart by where the quote stands; `unknown` while too few bytes are there. */
function headAt(bytes: Buffer, lf: number): Head | 'unknown' | undefined {
  if (bytes[lf + 7] === QUOTE && isHex(bytes, lf + 3, lf + 7)) return { form: 'raw', start: lf + 7 }
  if (bytes[lf + 9] === QUOTE && isHex(bytes, lf + 1, lf + 9)) return { form: 'hex', start: lf + 9 }
  return bytes.length < lf + 10 ? 'unknown' : undefined
}

type End = { readonly kind: 'cut' | 'unterminated'; readonly at: number } | { readonly kind: 'wait' | 'oversize' }

/** The first CR ends a frame; a further head before it means that its end was lost. */
function endOf(bytes: Buffer, start: number): End {
  const limit = Math.min(bytes.length, start + MAX_BODY + 1)
  const cr = bytes.subarray(start, limit).indexOf(CR)
  const until = cr < 0 ? limit : start + cr
  for (let lf = bytes.indexOf(LF, start); lf >= 0 && lf < until; lf = bytes.indexOf(LF, lf + 1)) {
    const head = headAt(bytes, lf)
    if (head && head !== 'unknown') return { kind: 'unterminated', at: lf }
  }
  if (cr >= 0) return { kind: 'cut', at: until }
  return { kind: limit < start + MAX_BODY + 1 ? 'wait' : 'oversize' }
}

function checked(bytes: Buffer, lf: number, head: Head, end: number): Decoded<Cut, CutReason> {
  const body = Buffer.from(bytes.subarray(head.start, end))
  const given =
    head.form === 'raw' ? bytes.readUInt16BE(lf + 1) : Number.parseInt(bytes.toString('latin1', lf + 1, lf + 5), 16)
  if (crc16(body) !== given) return { ok: false, reason: 'badCrc', detail: body.toString('latin1', 0, 60) }
  const length = Number.parseInt(bytes.toString('latin1', head.start - 4, head.start), 16)
  return {
    ok: true,
    value: { crcForm: head.form, body, lengthRight: length === body.length, frame: bytes.subarray(lf, end + 1) }
  }
}

function isHex(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    const digit = byte >= 0x30 && byte <= 0x39
    const letter = (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
    if (!digit && !letter) return false
  }
  return true
}

const ENVELOPE =
  /^"(\*?)([A-Z0-9-]{1,20})"(\d{4})(?:R([0-9A-F]{1,6}))?(?:L([0-9A-F]{1,6}))?(?:#([!$-Z\\^-{}~]{1,16}))?\[/i

/** The envelope of a cut frame; the line is mandatory (DC-09 5.5.1.6), the receiver is not. */
export function decodeFrame({ body, crcForm }: Pick<Cut, 'body' | 'crcForm'>): Decoded<Frame, FrameReason> {
  const text = body.toString('latin1')
  const match = ENVELOPE.exec(text)
  if (!match) return { ok: false, reason: 'envelope', detail: text.slice(0, 60) }
  const [head, star, id = '', seq = '', receiver, line, account] = match
  if (line === undefined) return { ok: false, reason: 'noLine', detail: text.slice(0, 60) }
  if (account === undefined) return { ok: false, reason: 'noAccount', detail: text.slice(0, 60) }
  return {
    ok: true,
    value: {
      crcForm,
      id: id.toUpperCase(),
      encrypted: star === '*',
      seq,
      receiver,
      line,
      account,
      content: text.slice(head.length)
    }
  }
}

const CONTENT = /^([^\]]*)\]((?:\[[^\]]*\])*)\s*(?:_(\d\d:\d\d:\d\d,\d\d-\d\d-\d{4}))?/
const BLOCKS = /\[([A-Za-z])([^\]]*)\]/g

/** What comes after the opening bracket, in clear. Undefined: there is no closing one. */
export function splitContent(text: string): Content | undefined {
  const match = CONTENT.exec(text)
  if (!match) return undefined
  const [, data = '', blocks = '', timestamp] = match
  return {
    data,
    blocks: blocks === '' ? [] : [...blocks.matchAll(BLOCKS)].map(([, id = '', value = '']) => ({ id, value })),
    timestamp
  }
}

/** Bytes from LF to CR. Throws RangeError when the body is too long: that is a bug of the caller. */
export function encodeFrame(body: string | Uint8Array, crcForm: CrcForm = 'hex'): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  if (bytes.length > MAX_BODY) throw new RangeError(`DC-09 body of ${bytes.length} bytes`)
  const crc = crc16(bytes)
  const written = crcForm === 'raw' ? String.fromCharCode(crc >> 8, crc & 0xff) : hex4(crc)
  const head = `\n${written}${hex4(bytes.length)}`
  const frame = Buffer.allocUnsafe(head.length + bytes.length + 1)
  frame.write(head, 'latin1')
  frame.set(bytes, head.length)
  frame[frame.length - 1] = CR
  return frame
}

const hex4 = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0')

/** The second written last: many answers carry the same. */
let written = { second: Number.NaN, text: '' }

/** `HH:MM:SS,MM-DD-YYYY` in GMT. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1_000)
  if (second !== written.second) {
    const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(new Date(ms).toISOString()) ?? []
    written = { second, text: `${time},${month}-${day}-${year}` }
  }
  return written.text
}

/** UTC ms; undefined for what is no time. */
export function parseTime(text: string | undefined): number | undefined {
  const match = /^(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})$/.exec(text ?? '')
  if (!match) return undefined
  const [, hour, minute, second, month, day, year] = match
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ms) ? undefined : ms
}
