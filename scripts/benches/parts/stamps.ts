/** Reads the time that a simulated camera wrote into each picture, straight from bytes on their way. */

const MARK = Buffer.from('pingan-sim-stamp', 'latin1')
const STAMP_BYTES = 14

/** Wall clock of the first stamped picture in `bytes`, UTC ms; undefined where there is none. */
export function stampMs(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(MARK)
  if (at === -1) return undefined
  const raw = unescaped(bytes.subarray(at + MARK.length, at + MARK.length + STAMP_BYTES * 2))
  return raw.length < 8 ? undefined : Number(raw.readBigUInt64BE(0))
}

/** The last stamp in a file or stream, UTC ms. */
export function lastStampMs(bytes: Buffer): number | undefined {
  const at = bytes.lastIndexOf(MARK)
  return at === -1 ? undefined : stampMs(bytes.subarray(at))
}

/** Without emulation prevention bytes (ITU-T H.264 clause 7.4.1). */
function unescaped(bytes: Buffer): Buffer {
  const out: number[] = []
  let zeros = 0
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) zeros = 0
    else {
      out.push(byte)
      zeros = byte === 0 ? zeros + 1 : 0
    }
  }
  return Buffer.from(out)
}
