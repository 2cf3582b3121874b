/** IMA ADPCM (IMA Digital Audio Focus 1992; DVI4 of RFC 3551 4.5.1): each packet begins with its own state, so that none needs the one before. */

const STEPS: readonly number[] = [
  ...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97],
  ...[107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796],
  ...[876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428],
  ...[4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10_442, 11_487, 12_635, 13_899, 15_289, 16_818, 18_500],
  ...[20_350, 22_385, 24_623, 27_086, 29_794, 32_767]
]
const MOVES: readonly number[] = [-1, -1, -1, -1, 2, 4, 6, 8]
/** The last sample, little-endian, the step's number, nothing. */
const HEAD = 4

const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

/** Two samples a byte, the left half first; undefined where there is no whole head. */
export function decodeAdpcm(packet: Buffer): Int16Array | undefined {
  if (packet.length <= HEAD) return undefined
  let sample = packet.readInt16LE(0)
  let step = within(packet.readInt8(2), 0, STEPS.length - 1)
  const out = new Int16Array((packet.length - HEAD) * 2)
  for (let n = 0; n < out.length; n++) {
    const byte = packet[HEAD + (n >> 1)] ?? 0
    const code = n % 2 === 0 ? byte >> 4 : byte & 15
    const size = STEPS[step] ?? 7
    const move = (size >> 3) + (code & 4 ? size : 0) + (code & 2 ? size >> 1 : 0) + (code & 1 ? size >> 2 : 0)
    sample = within(code & 8 ? sample - move : sample + move, -32_768, 32_767)
    step = within(step + (MOVES[code & 7] ?? 0), 0, STEPS.length - 1)
    out[n] = sample
  }
  return out
}
