/**
 * Reports that say nothing but a place, of a terminal that sends several a second: the frame is like the last one that was worked in full (same
 * header, same alarm and status bits), so all that is left to do is to check it, to keep the place and to answer; the place is told when the answers go out.
 */
import { ownBytes } from '../kit/own-bytes.ts'
import { unwrap, xorOf } from '../kit/terminal-frame.ts'
import type { Location } from '../kit/vehicle-press.ts'
import { decodeLocation } from './decode.ts'

const REPORT = 0x0200
const BODY_BYTES = 28
/** Alarm and status bits, at the start of the body. */
const BITS_BYTES = 8
/** Behind id, attributes and telephone number, in 2019 the edition as well. */
const [SERIAL_AT, SERIAL_AT_2019] = [10, 15]
const [FLAG, ESCAPE] = [0x7e, 0x7d]
/** A header of 2019 with serial, body and checksum, every byte escaped, and two flags. */
const scratch = Buffer.allocUnsafeSlow(64)

export class QuietLine {
  /** The reference without escapes; its first bytes up to the serial and its bits must come again. */
  #like: Buffer | undefined
  #serialAt = SERIAL_AT
  #ready = false
  /** All of a general answer to 0x0200 but the two serials and the checksum, and the XOR of it. */
  #answer: Buffer | undefined
  #answerXor = 0
  /** Body of the last report, and whether it is told. */
  #body: Buffer | undefined
  #untold = false
  readonly #place: (location: Location) => void

  constructor(place: (location: Location) => void) {
    this.#place = place
  }

  /** Something else has come: nothing is quick until a quiet report was worked in full. */
  pause(): void {
    this.tell()
    this.#ready = false
  }

  /** The last place, if it is not told yet. */
  tell(): void {
    if (!this.#untold || !this.#body) return
    this.#untold = false
    const location = decodeLocation(this.#body)
    if (location) this.#place(location)
  }

  /** This one, whole and between its flags, was worked in full and said nothing but a place. */
  resume(escaped: Buffer): void {
    const raw = unwrap(escaped)
    this.#ready = true
    if (this.#isAlike(raw)) return
    this.#like = ownBytes(raw)
    this.#serialAt = ((raw[2] ?? 0) & 0x40) !== 0 ? SERIAL_AT_2019 : SERIAL_AT
    this.#answer = undefined
  }

  /** The serial of a sound report that is like the last one, which is kept; undefined: it has to be worked in full. */
  take(escaped: Buffer): number | undefined {
    if (!this.#ready) return undefined
    const raw = unwrap(escaped)
    if (!this.#isAlike(raw) || xorOf(raw) !== 0) return undefined
    const bodyAt = this.#serialAt + 2
    this.#body ??= Buffer.allocUnsafeSlow(BODY_BYTES)
    raw.copy(this.#body, 0, bodyAt, bodyAt + BODY_BYTES)
    this.#untold = true
    return raw.readUInt16BE(this.#serialAt)
  }

  #isAlike(raw: Buffer): boolean {
    const like = this.#like
    if (!like || raw.length !== like.length || raw.length < this.#serialAt + 2 + BODY_BYTES + 1) return false
    for (let at = 0; at < this.#serialAt; at++) if (raw[at] !== like[at]) return false
    const bitsAt = this.#serialAt + 2
    for (let at = bitsAt; at < bitsAt + BITS_BYTES; at++) if (raw[at] !== like[at]) return false
    return true
  }

  /** The frame of 0x8001 "done" for the report with this serial, under a serial of ours; its bytes last until the next answer of any line. */
  answer(serial: number, reportSerial: number): Buffer {
    const head = this.#head()
    const out = scratch
    out[0] = FLAG
    let at = 1
    for (let n = 0; n < head.length; n++) at = put(out, at, head[n] as number)
    const [high, low, reportHigh, reportLow] = [serial >> 8, serial & 255, reportSerial >> 8, reportSerial & 255]
    at = put(out, at, high)
    at = put(out, at, low)
    at = put(out, at, reportHigh)
    at = put(out, at, reportLow)
    at = put(out, at, REPORT >> 8)
    at = put(out, at, REPORT & 255)
    at = put(out, at, 0)
    at = put(out, at, this.#answerXor ^ high ^ low ^ reportHigh ^ reportLow)
    out[at++] = FLAG
    return out.subarray(0, at)
  }

  /** Up to the serial: id, length, edition and telephone number of the report's own header. */
  #head(): Buffer {
    if (this.#answer) return this.#answer
    const head = ownBytes((this.#like as Buffer).subarray(0, this.#serialAt))
    head.writeUInt16BE(0x8001, 0)
    head.writeUInt16BE(5 | (this.#serialAt === SERIAL_AT_2019 ? 0x4000 : 0), 2)
    if (this.#serialAt === SERIAL_AT_2019) head[4] = 1
    this.#answerXor = xorOf(head) ^ (REPORT >> 8) ^ (REPORT & 255)
    this.#answer = head
    return head
  }
}

/** A report in one part without its emergency bit, as far as can be seen before it is decoded. */
export function isPlainReport(escaped: Buffer): boolean {
  if (escaped.length < SERIAL_AT || escaped.readUInt16BE(0) !== REPORT) return false
  const raw = unwrap(escaped)
  const attributes = raw.readUInt16BE(2)
  const bodyAt = ((attributes & 0x4000) !== 0 ? SERIAL_AT_2019 : SERIAL_AT) + 2
  return (attributes & 0x2000) === 0 && raw.length > bodyAt + BODY_BYTES && (raw.readUInt8(bodyAt + 3) & 1) === 0
}

function put(out: Buffer, at: number, byte: number): number {
  if (byte !== FLAG && byte !== ESCAPE) {
    out[at] = byte
    return at + 1
  }
  out[at] = ESCAPE
  out[at + 1] = byte === FLAG ? 2 : 1
  return at + 2
}
