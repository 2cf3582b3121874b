/** Boxes of ISO/IEC 14496-12 and the numbers in them, big-endian. */

export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 8)
  return Buffer.concat([u32(size), ascii(type), ...parts], size)
}

/** The head of a full box. */
export function version(value: number, flags = 0): Buffer {
  return u32(value * 0x0100_0000 + flags)
}

export function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

export function u16(value: number): Buffer {
  const out = Buffer.alloc(2)
  out.writeUInt16BE(value)
  return out
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(value >>> 0)
  return out
}

export function u64(value: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64BE(BigInt(Math.max(0, Math.round(value))))
  return out
}
