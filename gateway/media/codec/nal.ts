/** What H.264 and H.265 share of NAL units: how a header is read, what each type is good for, and the escape rule of payloads. */

/** What becomes of a NAL unit. */
export const ROLE = {
  /** Delimiters, filler, other layers, types still reserved: dead weight, or nothing that a decoder may use. */
  ignored: 0,
  /** SEI: kept as it is. */
  message: 1,
  /** Parameter set: lives in the codec configuration, not in the units. */
  set: 2,
  slice: 3,
  /** Slice of a picture that can only be decoded after the pictures before its keyframe (RASL, H.265 clause 3). */
  leading: 4,
  /** Slice of a keyframe. */
  key: 5,
  /** Slice of a keyframe whose `leading` pictures can never be decoded (BLA): a splice. */
  splice: 6,
  /** Aggregates and fragments inside others, and what no camera may send. */
  refused: 7
} as const

/** NAL unit syntax and RTP payload format of one codec, as a table, so that one depacketizer serves all. */
export interface NalFormat {
  /** Bytes of the NAL unit header, and of the payload header, which repeats it. */
  readonly headerBytes: 1 | 2
  /** `type = (firstByte >> typeShift) & typeMask`. */
  readonly typeShift: number
  readonly typeMask: number
  /** Payload type of several units in one packet: STAP-A, AP. */
  readonly aggregation: number
  /** Payload type of a unit in several packets: FU-A, FU. */
  readonly fragmentation: number
  /** One of ROLE for every type. */
  readonly roles: Uint8Array
}

/** The payload without emulation prevention bytes (H.264 clause 7.4.1, H.265 clause 7.4.2: 00 00 03 stands for 00 00). */
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
