/** Chinese text of devices: GB18030, of which GBK and GB2312 are parts. */
import iconv from 'iconv-lite'
import { oneLine } from '../../gateway/core/plain-text.ts'

/** Text up to the first NUL, without control characters, spaces at the ends removed; bytes that are no text become U+FFFD. */
export function readGb18030(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  const text = iconv.decode(Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)), 'gb18030')
  return oneLine(text).trim()
}

/** Text as bytes; padded with NUL or cut to `length` when that is given. */
export function writeGb18030(text: string, length?: number): Buffer {
  const bytes = iconv.encode(text, 'gb18030')
  if (length === undefined) return bytes
  const fixed = Buffer.alloc(length)
  bytes.copy(fixed)
  return fixed
}

/** GBK alone, for devices that know no more: what it lacks becomes `?`. */
export function writeGbk(text: string): Buffer {
  return iconv.encode(text, 'gbk')
}
