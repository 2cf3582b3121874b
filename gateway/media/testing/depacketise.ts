/** Runs a depacketizer and its ring in a test and gives what came out, unit by unit. */
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { VideoCodec } from '../codec/config.ts'
import { Depacketizer } from '../codec/depacketizer.ts'
import { Ring } from '../ring/ring.ts'

export interface TestUnit {
  readonly nals: readonly Buffer[]
  readonly key: boolean
  readonly gap: boolean
  readonly leading: boolean
}

export function depacketise(
  codec: VideoCodec,
  packets: readonly Buffer[]
): { readonly units: readonly TestUnit[]; readonly faults: readonly string[]; readonly ring: Ring } {
  const ring = new Ring({ preRollMs: 1e9, maxBytes: 64 * 1024 * 1024 })
  const { format, createSets } = VIDEO_CODECS[codec]
  const sets = createSets()
  const units: TestUnit[] = []
  const faults: string[] = []
  let at = 0
  const depacketizer = new Depacketizer(ring, sets, format, 96, {
    unit: (_, key, gap, leading) => {
      const config = sets.take()
      if (!config) return false
      const seq = ring.commit(at, 0, at, gap, key, config, leading)
      at += 40
      units.push({ nals: splitLengths(ring.read(seq)), key, gap, leading })
      return true
    },
    lost: () => undefined,
    fault: fault => faults.push(fault)
  })
  for (const packet of packets) depacketizer.packet(packet, 0, packet.length)
  return { units, faults, ring }
}

function splitLengths(unit: Buffer): Buffer[] {
  const nals: Buffer[] = []
  for (let at = 0; at < unit.length; ) {
    const length = unit.readUInt32BE(at)
    nals.push(Buffer.from(unit.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return nals
}
