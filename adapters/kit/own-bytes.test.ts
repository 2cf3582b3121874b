/** Kept bytes keep no slab of memory and no read with them. */
import { expect, it } from 'vitest'
import { ownBytes } from './own-bytes.ts'

it('what is kept keeps no more memory than it has bytes, and stays when the read is used again', () => {
  const read = Buffer.alloc(65_536, 7)
  const part = read.subarray(100, 105)
  const kept = ownBytes(part)
  read.fill(0)
  expect(kept).toEqual(Buffer.alloc(5, 7))
  expect(kept.buffer.byteLength).toBe(5)
  // What Node's own copy does, and why this is here.
  expect(Buffer.from(part).buffer.byteLength).toBeGreaterThan(5)
})
