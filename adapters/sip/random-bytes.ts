/** Random bytes of the system, fetched ahead: a call needs five small portions, and each would be a request of its own. */
import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4_096)
let at = pool.length

/** So many that nobody has had before, in memory of their own; 4,096 at most. */
export function freshBytes(count: number): Buffer {
  if (at + count > pool.length) {
    randomFillSync(pool)
    at = 0
  }
  const bytes = Buffer.from(pool.subarray(at, at + count))
  // What was handed out stays nowhere else.
  pool.fill(0, at, at + count)
  at += count
  return bytes
}
