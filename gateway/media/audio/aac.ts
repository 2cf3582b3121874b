/** AAC out of RTP: mode AAC-hbr of RFC 3640 (§3.3.6), several access units in a packet or one over several packets. */

/** 13 bits of size. */
const MAX_UNIT_BYTES = 8191
const MAX_UNITS = 64

export type AacFault = 'aacHeader' | 'aacFragment'

type UnitSink = (bytes: Buffer, start: number, end: number, index: number) => void

/** `packet` for each packet in order; `lost` where one is missing. */
export class AacUnits {
  readonly #part = Buffer.alloc(MAX_UNIT_BYTES)
  #partBytes = 0
  #partSize = 0
  #partTime = -1

  lost(): void {
    this.#partTime = -1
  }

  /** Calls `unit` for every access unit that is whole; `index` counts those of one packet, each 1024 samples after the one before. */
  packet(bytes: Buffer, start: number, end: number, rtpTime: number, unit: UnitSink): AacFault | undefined {
    const headerBits = end - start < 2 ? 0 : bytes.readUInt16BE(start)
    const count = headerBits / 16
    let at = start + 2 + headerBits / 8
    if (headerBits === 0 || headerBits % 16 !== 0 || count > MAX_UNITS || at > end) return 'aacHeader'
    for (let i = 0; i < count; i++) {
      const head = bytes.readUInt16BE(start + 2 + i * 2)
      const size = head >> 3
      // A first index, or a step between two, other than 0: interleaved, which AAC-hbr streams of cameras never are.
      if ((head & 7) !== 0 || size === 0) return 'aacHeader'
      if (at + size > end) return count === 1 ? this.#fragment(bytes, at, end, rtpTime, size, unit) : 'aacHeader'
      this.#partTime = -1
      unit(bytes, at, at + size, i)
      at += size
    }
    return undefined
  }

  /** One access unit over several packets of the same time stamp, each with the whole size in its header. */
  #fragment(
    bytes: Buffer,
    start: number,
    end: number,
    rtpTime: number,
    size: number,
    unit: UnitSink
  ): AacFault | undefined {
    if (this.#partTime !== rtpTime || this.#partSize !== size) {
      this.#partTime = rtpTime
      this.#partSize = size
      this.#partBytes = 0
    }
    if (this.#partBytes + end - start > size) {
      this.#partTime = -1
      return 'aacFragment'
    }
    this.#partBytes += bytes.copy(this.#part, this.#partBytes, start, end)
    if (this.#partBytes < size) return undefined
    this.#partTime = -1
    unit(this.#part, 0, size, 0)
    return undefined
  }
}
