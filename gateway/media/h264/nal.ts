/** NAL unit types of H.264 (ITU-T H.264 table 7-1) and its payload format (RFC 6184, packetization modes 0 and 1). */
import { type NalFormat, ROLE } from '../codec/nal.ts'

export const NAL_SPS = 7
export const NAL_PPS = 8

const NAL_IDR = 5
const NAL_SEI = 6

/** Types 24 to 31 are aggregates and fragments of RTP, 0 is nothing. */
const roles = Uint8Array.from({ length: 32 }, (_, type) => {
  if (type === 0 || type > 23) return ROLE.refused
  if (type === NAL_IDR) return ROLE.key
  if (type < NAL_IDR) return ROLE.slice
  if (type === NAL_SEI) return ROLE.message
  return type === NAL_SPS || type === NAL_PPS ? ROLE.set : ROLE.ignored
})

export const H264_FORMAT: NalFormat = {
  headerBytes: 1,
  typeShift: 0,
  typeMask: 31,
  aggregation: 24,
  fragmentation: 28,
  roles
}
