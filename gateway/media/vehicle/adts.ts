/** AAC in ADTS frames (ISO/IEC 13818-7 6.2), pure: access units, and what their headers say of them. */

export interface AdtsUnits {
  /** AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1). */
  readonly config: Buffer
  readonly rate: number
  readonly channels: number
  readonly units: readonly Buffer[]
}

const HEAD = 7
/** So many in one packet would be more than a second. */
const MAX_UNITS = 48
const RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000
]

/** Undefined where it is not whole frames of one form from the first byte to the last. */
export function adtsUnits(bytes: Buffer): AdtsUnits | undefined {
  const units: Buffer[] = []
  let form: number | undefined
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at <= HEAD || units.length === MAX_UNITS) return undefined
    const head = bytes.readUInt32BE(at)
    // Sync word and layer.
    if (head >>> 20 !== 0xfff || (head & 0x6_0000) !== 0) return undefined
    // Profile, rate and channels: the bits that a configuration is made of.
    const own = ((head >>> 14) & 3) * 4096 + ((head >>> 10) & 15) * 16 + ((head >>> 6) & 7)
    form ??= own
    const skip = (head & 0x1_0000) === 0 ? HEAD + 2 : HEAD
    const length = ((head & 3) << 11) | (bytes.readUInt16BE(at + 4) >>> 5)
    const several = (bytes[at + 6] ?? 0) & 3
    if (own !== form || several !== 0 || length <= skip || at + length > bytes.length) return undefined
    units.push(bytes.subarray(at + skip, at + length))
    at += length
  }
  if (form === undefined) return undefined
  const [profile, rateIndex, channels] = [form >> 12, (form >> 4) & 15, form & 7]
  const rate = RATES[rateIndex]
  if (rate === undefined || channels === 0) return undefined
  const config = Buffer.alloc(2)
  config.writeUInt16BE(((profile + 1) << 11) | (rateIndex << 7) | (channels << 3))
  return { config, rate, channels, units }
}
