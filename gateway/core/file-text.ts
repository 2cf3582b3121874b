/** Text of a file that somebody wrote with a program of his own; pure. */

/** UTF-8, with or without its mark. Throws an Error that says what it is instead, where, and what to do: read as UTF-8 all the same, its names would be wrong and nobody told. */
export function fileText(bytes: Uint8Array): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new Error('is UTF-16 ("Unicode" of Notepad); save it as UTF-8')
  try {
    return UTF8.decode(bytes)
  } catch {
    throw new Error(`line ${badLine(bytes)} is not UTF-8 (it may be GBK, "ANSI" of Notepad); save the file as UTF-8`)
  }
}

/** The mark at the beginning is no part of what it gives. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })
const LINE_FEED = 0x0a

function badLine(bytes: Uint8Array): number {
  for (let line = 1, from = 0; ; line++) {
    const found = bytes.indexOf(LINE_FEED, from)
    const end = found === -1 ? bytes.length : found
    try {
      UTF8.decode(bytes.subarray(from, end))
    } catch {
      return line
    }
    if (found === -1) return line
    from = end + 1
  }
}

/** JSON of such a file; throws an Error as well. */
export function fileJson(bytes: Uint8Array): unknown {
  const text = fileText(bytes)
  if (text.trim() === '') throw new Error('is empty')
  return JSON.parse(text)
}
