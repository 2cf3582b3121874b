/** The true time in every picture: an SEI user-data NAL unit with wall clock, frame number and camera number. */

/** uuid_iso_iec_11578 of our stamps: 16 ASCII characters. */
export const STAMP_UUID = 'pingan-sim-stamp'
const SEI_NAL = 0x06
const USER_DATA_UNREGISTERED = 5
const PAYLOAD_SIZE = 16 + 8 + 4 + 2

/**
 * The NAL unit (H.264 D.1.7): UUID, wall-clock UTC ms u64 BE, frame number u32 BE, camera number u16 BE; emulation prevention applied
 * (7.4.1.1), no start code.
 */
export function stampNal(wallMs: number, frame: number, camera: number): Buffer {
  const raw = Buffer.alloc(3 + PAYLOAD_SIZE + 1)
  raw[0] = SEI_NAL
  raw[1] = USER_DATA_UNREGISTERED
  raw[2] = PAYLOAD_SIZE
  raw.write(STAMP_UUID, 3, 'latin1')
  raw.writeBigUInt64BE(BigInt(Math.round(wallMs)), 19)
  raw.writeUInt32BE(frame >>> 0, 27)
  raw.writeUInt16BE(camera, 31)
  raw[33] = 0x80
  return preventEmulation(raw)
}

/** Puts 03 behind every two zeros that a byte 00…03 follows, so that no start code appears inside. */
export function preventEmulation(rbsp: Buffer): Buffer {
  const out: number[] = []
  let zeros = 0
  for (const byte of rbsp) {
    if (zeros === 2 && byte <= 3) {
      out.push(3)
      zeros = 0
    }
    out.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return Buffer.from(out)
}
