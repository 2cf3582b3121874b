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
