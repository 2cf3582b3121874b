/** Numbers for fuzz tests that are the same in every run, so that a failure can be repeated. */

/** 0 … below − 1 with each call; mulberry32 (T. Ettinger, public domain). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
