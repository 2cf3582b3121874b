/** The true time in every picture: an SEI user-data NAL unit with wall clock, frame number and camera number. */
import type { LoopCodec } from './loop.ts'

/** uuid_iso_iec_11578 of our stamps: 16 ASCII characters. */
export const STAMP_UUID = 'pingan-sim-stamp'
/** SEI: type 6 in H.264; prefix SEI, type 39, layer 0, temporal id 1 in H.265. */
const SEI_NAL: Readonly<Record<LoopCodec, readonly number[]>> = { h264: [0x06], h265: [39 << 1, 0x01] }
const USER_DATA_UNREGISTERED = 5
const PAYLOAD_SIZE = 16 + 8 + 4 + 2

/**
 * The NAL unit (H.264 D.1.7, H.265 D.2.7): UUID, wall-clock UTC ms u64 BE, frame number u32 BE, camera number u16 BE; emulation prevention applied
 * (7.4.1.1), no start code.
 */
export function stampNal(wallMs: number, frame: number, camera: number, codec: LoopCodec = 'h264'): Buffer {
  const raw = Buffer.alloc(2 + PAYLOAD_SIZE + 1)
  raw[0] = USER_DATA_UNREGISTERED
  raw[1] = PAYLOAD_SIZE
  raw.write(STAMP_UUID, 2, 'latin1')
  raw.writeBigUInt64BE(BigInt(Math.round(wallMs)), 18)
  raw.writeUInt32BE(frame >>> 0, 26)
  raw.writeUInt16BE(camera, 30)
  raw[32] = 0x80
  return preventEmulation(Buffer.concat([Buffer.from(SEI_NAL[codec]), raw]))
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
