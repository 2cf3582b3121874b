/** Units of the ring for a decoder: with start codes instead of lengths. */
import type { Ring } from '../ring/ring.ts'

/** The units as a byte stream (ITU-T H.264 annex B): a copy, lengths replaced by start codes, parameter sets in front. */
export function annexB(ring: Ring, units: readonly number[]): Buffer[] {
  const parts = [ring.index.config(units[0] ?? -1)?.annexB ?? Buffer.alloc(0)]
  for (const seq of units) parts.push(unitAsAnnexB(ring.read(seq)))
  return parts
}

/** One access unit whose NAL units stand behind their lengths: a copy with start codes. */
export function unitAsAnnexB(lengthPrefixed: Buffer): Buffer {
  const unit = Buffer.from(lengthPrefixed)
  for (let at = 0; at + 4 <= unit.length; ) {
    const length = unit.readUInt32BE(at)
    unit.writeUInt32BE(1, at)
    at += 4 + length
  }
  return unit
}
