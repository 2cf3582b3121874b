/** Who is meant by what stands in the field of the hand-over: a digit alone is one of those listed, longer is a work number. Pure. */
import type { ShiftTaker } from '../../../gateway/core/shift.ts'

/** The work number; empty while nobody is meant. */
export function takerOf(takers: readonly ShiftTaker[], typed: string): string {
  const text = typed.trim()
  if (takers.some(({ login }) => login === text) || !/^[1-9]$/.test(text)) return text
  return takers[Number(text) - 1]?.login ?? text
}
