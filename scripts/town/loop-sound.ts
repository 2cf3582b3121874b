/** The sound of a street at night as G.711 A-law: a far hum, cars that pass, steps; made of noise, and without a seam. */
import { hash } from './picture/random.ts'

/** Samples a second (RFC 3551 4.5.14). */
const RATE_HZ = 8000

/** One byte per sample; the last sample goes over into the first. */
export function streetSound(seconds: number): Buffer {
  const count = seconds * RATE_HZ
  const rumble = lowPassed(count, 1, 0.02)
  const hiss = lowPassed(count, 2, 0.35)
  return Buffer.from(
    Array.from({ length: count }, (_, n) => {
      const phase = n / count
      const passing = [0.18, 0.52, 0.81].reduce((sum, at) => sum + Math.exp(-((around(phase - at) / 0.05) ** 2)), 0)
      // A transformer's 100 Hz, a whole number of waves in the loop.
      const hum = 0.012 * Math.sin(2 * Math.PI * 100 * seconds * phase)
      const steps = 0.1 * Math.exp(-((phase * 22) % 1) * 30) * (hiss[n] ?? 0)
      return aLaw(hum + (rumble[n] ?? 0) * (0.25 + 1.6 * passing) + (hiss[n] ?? 0) * (0.008 + 0.07 * passing) + steps)
    })
  )
}

/** Distance on a circle of length one. */
const around = (x: number): number => Math.min(Math.abs(x), 1 - Math.abs(x))

/** White noise through one pole, run twice so that its end knows its beginning. */
function lowPassed(count: number, seed: number, weight: number): Float32Array {
  const out = new Float32Array(count)
  let level = 0
  for (let n = 0; n < 2 * count; n++) {
    level += (hash(n % count, seed, 161) * 2 - 1 - level) * weight
    out[n % count] = level
  }
  return out
}

/** ITU-T G.711 table 1a: thirteen bits to eight, every other bit inverted. */
function aLaw(value: number): number {
  const sample = Math.max(-4095, Math.min(4095, Math.round(value * 4095)))
  const size = Math.abs(sample)
  const segment = size < 32 ? 0 : Math.floor(Math.log2(size)) - 4
  const step = segment < 2 ? (size >> 1) & 15 : (size >> segment) & 15
  return ((sample >= 0 ? 0x80 : 0) | (segment << 4) | step) ^ 0x55
}
