/** A picture of the phone's camera as the messages that the video worker reads (gateway/media/phone/frame.ts). Pure. */
const HEAD_BYTES = 12
const PART_BYTES = 16 * 1024
const VERSION = 1
const KEY = 1
const FIRST = 2
const LAST = 4

export interface Picture {
  /** H.264 with start codes. */
  readonly bytes: Uint8Array
  readonly key: boolean
  readonly timeMs: number
}

/** `sequence` is the number of its first message; the next picture begins after as many as come back. */
export function partsOf({ bytes, key, timeMs }: Picture, sequence: number): readonly ArrayBuffer[] {
  const count = Math.max(1, Math.ceil(bytes.length / PART_BYTES))
  return Array.from({ length: count }, (_, n) => {
    const body = bytes.subarray(n * PART_BYTES, (n + 1) * PART_BYTES)
    const message = new Uint8Array(HEAD_BYTES + body.length)
    const head = new DataView(message.buffer)
    head.setUint8(0, VERSION)
    head.setUint8(1, (key ? KEY : 0) | (n === 0 ? FIRST : 0) | (n === count - 1 ? LAST : 0))
    head.setUint16(2, (sequence + n) & 0xffff)
    head.setBigUint64(4, BigInt(Math.round(timeMs)))
    message.set(body, HEAD_BYTES)
    return message.buffer
  })
}
