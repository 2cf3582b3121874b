/** JT/T 1078 packets as a terminal makes them, for tests: what is in them comes from ffmpeg and from captures. */

export interface PacketOptions {
  /** Twelve digits, or twenty of a terminal of 2019. */
  readonly sim?: string
  readonly channel?: number
  readonly payloadType?: number
  /** 0 I, 1 P, 2 B picture, 3 sound, 4 transparent data. */
  readonly kind?: number
  readonly part?: number
  readonly timeMs?: number
}

export const SIM = '013900000007'

export function packet(sequence: number, body: Buffer, options: PacketOptions = {}): Buffer {
  const { sim = SIM, channel = 1, payloadType = 98, kind = 0, part = 0, timeMs = 1_700_000_000_000 } = options
  const head = Buffer.alloc(kind <= 2 ? 30 : kind === 3 ? 26 : 18)
  head.write('01cd', 'latin1')
  head.set([0x81, payloadType | (part === 0 || part === 2 ? 0x80 : 0)], 4)
  head.writeUInt16BE(sequence & 0xffff, 6)
  head.write(sim.slice(0, 12), 8, 'hex')
  head.set([channel, (kind << 4) | part], 14)
  if (kind !== 4) head.writeBigUInt64BE(BigInt(timeMs), 16)
  head.writeUInt16BE(body.length, head.length - 2)
  const wide = sim.length > 12 ? [head.subarray(0, 8), Buffer.from(sim, 'hex'), head.subarray(14)] : [head]
  return Buffer.concat([...wide, body])
}

/** One picture in packets of at most `bytes`, numbered from `sequence` on. */
export function picturePackets(sequence: number, picture: Buffer, options: PacketOptions = {}, bytes = 300): Buffer[] {
  const count = Math.ceil(picture.length / bytes)
  return Array.from({ length: count }, (_, n) => {
    const part = count === 1 ? 0 : n === 0 ? 1 : n === count - 1 ? 2 : 3
    return packet(sequence + n, picture.subarray(n * bytes, (n + 1) * bytes), { ...options, part })
  })
}

export const annexB = (nals: readonly Buffer[]): Buffer =>
  Buffer.concat(nals.flatMap(nal => [Buffer.from([0, 0, 0, 1]), nal]))
