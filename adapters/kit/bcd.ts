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
  const year = digitsAt(bytes, 0)
  const month = digitsAt(bytes, 1)
  const day = digitsAt(bytes, 2)
  const hour = digitsAt(bytes, 3)
  const minute = digitsAt(bytes, 4)
  const second = digitsAt(bytes, 5)
  if (bytes.length !== 6 || year < 0 || month < 1 || month > 12 || day < 1) return undefined
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  // Every fourth year is a leap year until 2100.
  if (day > (DAYS[month - 1] ?? 0) + (month === 2 && year % 4 === 0 ? 1 : 0)) return undefined
  return Date.UTC(2000 + year, month - 1, day, hour, minute, second) - GMT_PLUS_8_MS
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** Two digits of one byte; -1 when a nibble is none. */
function digitsAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index] ?? 0xff
  return byte >> 4 > 9 || (byte & 15) > 9 ? -1 : (byte >> 4) * 10 + (byte & 15)
}

/** UTC ms as YYMMDDhhmmss in GMT+8, six bytes. */
export function writeBcdTime(atMs: number): Buffer {
  const iso = new Date(atMs + GMT_PLUS_8_MS).toISOString()
  return Buffer.from(iso.slice(2, 19).replace(/\D/g, ''), 'hex')
}
