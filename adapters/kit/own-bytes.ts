/** A copy with memory of its own, for bytes that are kept: Node cuts small buffers from slabs of 64 KiB, and one kept byte keeps its whole slab. */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length)
  own.set(bytes)
  return own
}

/** The same for a short text that is kept: V8 cuts it from the message it came in, and keeps the whole of that with it. Latin-1 only. */
export function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
