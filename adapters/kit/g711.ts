/** G.711 (ITU-T Rec. G.711, 11/1988): A-law and µ-law bytes ↔ 16-bit linear samples, pure. */

const SIGN = 0x80
const ULAW_BIAS = 0x84
const ULAW_CLIP = 32_635

/** One A-law byte → linear sample of 16 bit. */
export function alawToLinear(byte: number): number {
  const code = byte ^ 0x55
  const segment = (code & 0x70) >> 4
  const step = ((code & 0x0f) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return code & SIGN ? magnitude : -magnitude
}

/** One µ-law byte → linear sample of 16 bit. */
export function ulawToLinear(byte: number): number {
  const code = ~byte & 0xff
  const magnitude = ((((code & 0x0f) << 3) + ULAW_BIAS) << ((code & 0x70) >> 4)) - ULAW_BIAS
  return code & SIGN ? 0 - magnitude : magnitude
}

/** One linear sample of 16 bit → µ-law byte. */
export function linearToUlaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS
  const segment = 31 - Math.clz32(magnitude) - 7
  const code = (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)
  return ~(sample < 0 ? code | SIGN : code) & 0xff
}

/** Indexed by the byte. */
export const ALAW_TO_ULAW = Uint8Array.from({ length: 256 }, (_, byte) => linearToUlaw(alawToLinear(byte)))

/** Transcodes a whole recording; the prompts are stored as A-law. */
export function alawToUlaw(alaw: Uint8Array): Uint8Array {
  return alaw.map(byte => ALAW_TO_ULAW[byte] ?? 0)
}

/** One linear sample of 16 bit → A-law byte. */
export function linearToAlaw(sample: number): number {
  // One's complement of negatives, as the Recommendation's Table 1a counts intervals.
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767)
  const segment = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7
  const code = segment === 0 ? magnitude >> 4 : (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)
  return (sample < 0 ? code : code | SIGN) ^ 0x55
}

/** Indexed by the byte. */
export const ULAW_TO_ALAW = Uint8Array.from({ length: 256 }, (_, byte) => linearToAlaw(ulawToLinear(byte)))
