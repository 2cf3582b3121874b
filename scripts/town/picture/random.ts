/** Repeatable chance for the drawn town: the same house has the same lit windows on every machine and from every camera. */

/** 0 ≤ h < 1 from up to four whole numbers. */
export function hash(a: number, b = 0, c = 0, d = 0): number {
  let h = Math.imul(a | 0, 0x165667b1) ^ Math.imul(b | 0, 0x27d4eb2f) ^ Math.imul(c | 0, 0x1b873593) ^ (d | 0)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}

/** Smooth noise, 0 … 1, one bump per unit. */
export function noise(x: number, y: number, seed: number): number {
  const [i, j] = [Math.floor(x), Math.floor(y)]
  const [u, v] = [ease(x - i), ease(y - j)]
  const top = hash(i, j, seed) * (1 - u) + hash(i + 1, j, seed) * u
  const low = hash(i, j + 1, seed) * (1 - u) + hash(i + 1, j + 1, seed) * u
  return top * (1 - v) + low * v
}

const ease = (t: number): number => t * t * (3 - 2 * t)

/** The part of `x` behind the point, also for negative numbers. */
export const fraction = (x: number): number => x - Math.floor(x)

export const clamp01 = (x: number): number => Math.max(0, Math.min(1, x))

/** One of a list that is never empty, chosen by 0 ≤ h < 1. */
export function choose<T>(list: readonly [T, ...T[]], h: number): T {
  return list[Math.floor(h * list.length)] ?? list[0]
}
