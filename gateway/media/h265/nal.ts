/** NAL unit types of H.265 (ITU-T H.265 table 7-1) and its payload format (RFC 7798, without decoding order numbers). */
import { type NalFormat, ROLE } from '../codec/nal.ts'

export const NAL_VPS = 32
export const NAL_SPS = 33
export const NAL_PPS = 34

const NAL_PREFIX_SEI = 39
const NAL_SUFFIX_SEI = 40
/** 48 aggregation, 49 fragmentation, 50 PACI; what lies above is unspecified. */
const FIRST_OF_RTP = 48

/** Reserved types (10 to 15, 22 to 31, 41 to 47) are not used by decoders of today and are left out. */
const roles = Uint8Array.from({ length: 64 }, (_, type) => {
  if (type >= FIRST_OF_RTP) return ROLE.refused
  if (type <= 7) return ROLE.slice
  if (type === 8 || type === 9) return ROLE.leading
  if (type >= 16 && type <= 18) return ROLE.splice
  if (type >= 19 && type <= 21) return ROLE.key
  if (type >= NAL_VPS && type <= NAL_PPS) return ROLE.set
  return type === NAL_PREFIX_SEI || type === NAL_SUFFIX_SEI ? ROLE.message : ROLE.ignored
})

export const H265_FORMAT: NalFormat = {
  headerBytes: 2,
  typeShift: 1,
  typeMask: 63,
  aggregation: 48,
  fragmentation: 49,
  roles
}
