/** Random bytes fetched ahead: nobody has any twice, and nobody sees those of another. */
import { expect, it } from 'vitest'
import { freshBytes } from './random-bytes.ts'

it('gives every portion once, also where the store runs out in between', () => {
  const portions = Array.from({ length: 5_000 }, () => freshBytes(9).toString('hex'))
  expect(new Set(portions).size).toBe(5_000)
  expect(portions.every(each => each.length === 18)).toBe(true)
})

it('gives memory of its own, that is overwritten by nobody', () => {
  const first = freshBytes(30)
  const before = first.toString('hex')
  for (let n = 0; n < 1_000; n++) freshBytes(30)
  expect(first.toString('hex')).toBe(before)
})

it('gives a whole store at once', () => {
  freshBytes(1)
  expect(freshBytes(4_096)).toHaveLength(4_096)
})
