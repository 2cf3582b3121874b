/** A-law bytes (ITU-T G.711) as samples from -1 to 1, pure; the gateway's own table is in adapters/kit/g711.ts. */

const FULL = 32_768

function sampleOf(byte: number): number {
  const code = byte ^ 0x55
  const segment = (code & 0x70) >> 4
  const step = ((code & 0x0f) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return (code & 0x80 ? magnitude : -magnitude) / FULL
}

const SAMPLES = Float32Array.from({ length: 256 }, (_, byte) => sampleOf(byte))

export function fromAlaw(bytes: Uint8Array): Float32Array {
  return Float32Array.from(bytes, byte => SAMPLES[byte] ?? 0)
}

function byteOf(value: number): number {
  const sample = Math.round(Math.max(-1, Math.min(1, value)) * (FULL - 1))
  const magnitude = sample < 0 ? -sample - 1 : sample
  const segment = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7
  const code = segment === 0 ? magnitude >> 4 : (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)
  return (sample < 0 ? code : code | 0x80) ^ 0x55
}

export function toAlaw(samples: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(samples, byteOf)
}
