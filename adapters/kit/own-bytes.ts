/** A copy with memory of its own, for bytes that are kept: Node cuts small buffers from slabs of 64 KiB, and one kept byte keeps its whole slab. */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length)
  own.set(bytes)
  return own
}
