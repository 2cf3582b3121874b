/** RTCP (RFC 3550 §6.4): reads the sender's clock, writes receiver reports. */

/** NTP counts from 1900, Unix from 1970; its 32 bits of seconds start again in 2036. */
const NTP_UNIX_OFFSET_S = 2_208_988_800
const SENDER_REPORT = 200
const BYE = 203

export interface SenderReport {
  readonly ssrc: number
  /** UTC ms of the sender's clock. */
  readonly wallMs: number
  readonly rtpTime: number
  /** Middle 32 bits of the NTP time, echoed in our report. */
  readonly ntpMiddle: number
}

/** The first sender report of a compound packet; undefined when there is none or it is cut. */
export function parseSenderReport(bytes: Buffer, start: number, end: number): SenderReport | undefined {
  for (let at = start; at + 8 <= end; ) {
    const length = 4 + bytes.readUInt16BE(at + 2) * 4
    if ((bytes[at] ?? 0) >> 6 !== 2 || at + length > end) return undefined
    if (bytes[at + 1] === SENDER_REPORT && length >= 28) {
      const seconds = bytes.readUInt32BE(at + 8)
      const fraction = bytes.readUInt32BE(at + 12)
      return {
        ssrc: bytes.readUInt32BE(at + 4),
        wallMs:
          (seconds + (seconds < NTP_UNIX_OFFSET_S ? 2 ** 32 : 0) - NTP_UNIX_OFFSET_S) * 1000 +
          (fraction * 1000) / 2 ** 32,
        rtpTime: bytes.readUInt32BE(at + 16),
        ntpMiddle: ((seconds & 0xffff) * 65_536 + (fraction >>> 16)) >>> 0
      }
    }
    at += length
  }
  return undefined
}

/** True when the compound packet says that the source `ssrc` is leaving (§6.6). */
export function findBye(bytes: Buffer, start: number, end: number, ssrc: number): boolean {
  for (let at = start; at + 4 <= end; ) {
    const head = bytes[at] ?? 0
    const length = 4 + bytes.readUInt16BE(at + 2) * 4
    if (head >> 6 !== 2 || at + length > end) return false
    if (bytes[at + 1] === BYE) {
      const sources = Math.min(head & 31, (length - 4) / 4)
      for (let i = 0; i < sources; i++) if (bytes.readUInt32BE(at + 4 + i * 4) === ssrc) return true
    }
    at += length
  }
  return false
}

/** What we received, counted per session. */
export class Reception {
  readonly ssrc: number
  readonly #ticksPerMs: number
  sourceSsrc = 0
  #highest = -1
  #cycles = 0
  #received = 0
  #lost = 0
  #lastReceived = 0
  #lastLost = 0
  #jitter = 0
  #transit: number | undefined
  #rtpTime = -1
  #report: SenderReport | undefined
  #reportAtMs = 0

  constructor(ssrc: number, ticksPerMs = 90) {
    this.ssrc = ssrc
    this.#ticksPerMs = ticksPerMs
  }

  /** One RTP packet with at least its fixed header. */
  packet(bytes: Buffer, start: number, arrivalMs: number): void {
    const sequence = bytes.readUInt16BE(start + 2)
    this.sourceSsrc = bytes.readUInt32BE(start + 8)
    if (this.#highest !== -1 && sequence < this.#highest - 0x8000) this.#cycles++
    this.#highest = sequence
    this.#received++
    // Interarrival jitter, §6.4.1, in time-stamp units.
    this.#rtpTime = bytes.readUInt32BE(start + 4)
    const transit = (arrivalMs * this.#ticksPerMs - this.#rtpTime) % 2 ** 32
    if (this.#transit !== undefined) this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16
    this.#transit = transit
  }

  lost(packets: number): void {
    this.#lost += packets
  }

  /** Packets so far and the RTP time of the newest one, for the signs of health. */
  get progress(): { readonly packets: number; readonly rtpTime: number } {
    return { packets: this.#received, rtpTime: this.#rtpTime }
  }

  senderReport(report: SenderReport, nowMs: number): void {
    this.#report = report
    this.#reportAtMs = nowMs
  }

  /** Receiver report plus the CNAME that a compound packet must have (§6.1); undefined before the first packet. */
  receiverReport(nowMs: number): Buffer | undefined {
    if (this.#highest === -1) return undefined
    const out = Buffer.alloc(32 + 20)
    const lost = this.#lost - this.#lastLost
    const expected = this.#received - this.#lastReceived + lost
    this.#lastLost = this.#lost
    this.#lastReceived = this.#received
    out.writeUInt32BE(0x81c9_0007, 0)
    out.writeUInt32BE(this.ssrc, 4)
    out.writeUInt32BE(this.sourceSsrc, 8)
    const fraction = expected > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0
    out.writeUInt32BE(((fraction << 24) | Math.min(this.#lost, 0x7f_ffff)) >>> 0, 12)
    out.writeUInt32BE((((this.#cycles & 0xffff) << 16) | this.#highest) >>> 0, 16)
    out.writeUInt32BE(Math.min(Math.round(this.#jitter), 0xffff_ffff), 20)
    if (this.#report) {
      out.writeUInt32BE(this.#report.ntpMiddle, 24)
      const delay = Math.round(((nowMs - this.#reportAtMs) * 65_536) / 1000)
      out.writeUInt32BE(Math.min(Math.max(delay, 0), 0xffff_ffff), 28)
    }
    // SDES with one chunk: CNAME, 6 characters, null-terminated to a word.
    out.writeUInt32BE(0x81ca_0004, 32)
    out.writeUInt32BE(this.ssrc, 36)
    out.writeUInt16BE(0x0106, 40)
    out.write('pingan', 42, 'latin1')
    return out
  }
}
