/** G.711 (ITU-T) into 16-bit samples, by table. */
import type { AudioFormat } from './format.ts'

/** Low bits that no sample of the law uses: A-law has 13 bits, µ-law 14. */
export const WASTED_BITS = { pcma: 3, pcmu: 2 } as const

const A_LAW = Int16Array.from({ length: 256 }, (_, code) => aLaw(code ^ 0x55))
const MU_LAW = Int16Array.from({ length: 256 }, (_, code) => muLaw(~code & 0xff))

/** The table from code to sample. */
export function lawOf(encoding: AudioFormat['encoding']): Int16Array {
  return encoding === 'pcma' ? A_LAW : MU_LAW
}

/** Of thirteen bits, from the most negative on: the code of the nearest sample. */
const NEAREST = nearestOf(A_LAW)

/** 16-bit samples into A-law, for what is decoded from codes of fewer bits. */
export function toALaw(samples: Int16Array): Buffer {
  return Buffer.from(Uint8Array.from(samples, sample => NEAREST[(sample + 32_768) >> 3] ?? 0xd5))
}

function nearestOf(law: Int16Array): Uint8Array {
  const codes = [...law.keys()].sort((a, b) => (law[a] ?? 0) - (law[b] ?? 0))
  let at = 0
  return Uint8Array.from({ length: 8192 }, (_, n) => {
    const sample = n * 8 - 32_768 + 4
    const distance = (k: number): number => Math.abs((law[codes[k] ?? 0] ?? 0) - sample)
    while (at + 1 < codes.length && distance(at + 1) <= distance(at)) at++
    return codes[at] ?? 0
  })
}

function aLaw(code: number): number {
  const exponent = (code >> 4) & 7
  const mantissa = ((code & 15) << 4) + 8
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return (code & 0x80) !== 0 ? size : -size
}

function muLaw(code: number): number {
  const size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
  return (code & 0x80) !== 0 ? -size : size
}
