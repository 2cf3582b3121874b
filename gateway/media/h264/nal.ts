/** NAL unit types (ITU-T H.264 table 7-1) and the escape rule that every parser of their payload needs. */

export const NAL_SLICE = 1
export const NAL_IDR = 5
export const NAL_SEI = 6
export const NAL_SPS = 7
export const NAL_PPS = 8

/** True for the NAL units that carry picture data of the base stream. */
export function isSlice(type: number): boolean {
  return type >= NAL_SLICE && type <= NAL_IDR
}

/** What an access unit keeps: slices and SEI. Parameter sets live in the codec configuration, delimiters and filler are dead weight. */
export function isKept(type: number): boolean {
  return isSlice(type) || type === NAL_SEI
}

/** The payload without emulation prevention bytes (clause 7.4.1: 00 00 03 stands for 00 00). */
export function unescapeNal(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length)
  let length = 0
  let zeros = 0
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    out[length++] = byte
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out.subarray(0, length)
}
