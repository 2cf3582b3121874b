/** Packed decimal (BCD) as Chinese vehicle protocols use it: telephone numbers and times in GMT+8. */

const GMT_PLUS_8_MS = 8 * 3_600_000

/** The digits of packed BCD, two per byte. Nibbles above 9 exist in the field and stay as a–f: an odd number is still a number. */
export function readBcd(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Digits packed into `length` bytes, zeros in front; digits beyond the length are cut off at the front. */
export function writeBcd(digits: string, length: number): Buffer {
  return Buffer.from(digits.padStart(length * 2, '0').slice(-length * 2), 'hex')
}

/** YYMMDDhhmmss in GMT+8 (six bytes) as UTC ms; undefined when it is no date that can exist. Years count from 2000. */
export function readBcdTime(bytes: Uint8Array): number | undefined {
  const text = readBcd(bytes)
  if (!/^\d{12}$/.test(text)) return undefined
  const at = (index: number) => Number(text.slice(index * 2, index * 2 + 2))
  const utc = Date.UTC(2000 + at(0), at(1) - 1, at(2), at(3), at(4), at(5))
  // Date.UTC rolls 31 February over; what does not come back as it went in was no date.
  return writeBcdTime(utc - GMT_PLUS_8_MS).equals(bytes) ? utc - GMT_PLUS_8_MS : undefined
}

/** UTC ms as YYMMDDhhmmss in GMT+8, six bytes. */
export function writeBcdTime(atMs: number): Buffer {
  const iso = new Date(atMs + GMT_PLUS_8_MS).toISOString()
  return Buffer.from(iso.slice(2, 19).replace(/\D/g, ''), 'hex')
}
