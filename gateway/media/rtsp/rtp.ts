/** The head and tail of an RTP packet (RFC 3550 §5.1): where its payload lies. */

/** Where the payload starts: after contributing sources and a header extension; -1 when the header is not whole. */
export function rtpPayload(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start] ?? 0
  if (end - start < 12 || first >> 6 !== 2) return -1
  let at = start + 12 + (first & 15) * 4
  if ((first & 16) !== 0) {
    if (at + 4 > end) return -1
    at += 4 + bytes.readUInt16BE(at + 2) * 4
  }
  return at <= end ? at : -1
}

/** Where the payload ends: before the padding, whose last byte is its length. */
export function rtpEnd(bytes: Buffer, start: number, end: number, payload: number): number {
  if (((bytes[start] ?? 0) & 32) === 0) return end
  const padded = end - (bytes[end - 1] ?? 0)
  return padded >= payload && padded < end ? padded : -1
}
