/** Writes big-endian numbers and names into a buffer in place; each gives the position behind what it wrote. */

export function word(out: Buffer, at: number, value: number): number {
  return out.writeUInt32BE(value >>> 0, at)
}

export function name(out: Buffer, at: number, type: string): number {
  return at + out.write(type, at, 'latin1')
}

export function long(out: Buffer, at: number, value: number): number {
  return word(out, word(out, at, Math.floor(value / 2 ** 32)), value % 2 ** 32)
}
