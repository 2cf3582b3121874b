/** What counts as a reason to open a private camera: something that somebody can check later. */
import { expect, it } from 'vitest'
import { mayView } from './camera-access.ts'

it.each([
  ['....', false],
  ['！！！！。。。。', false],
  ['   a b c   ', false],
  ['😀😀😀😀', false],
  [`${'.'.repeat(300)}居民报失`, false],
  ['a-b-c-d', true],
  ['居民报失', true],
  ['案 110 5', true]
])('the reason %j opens a private camera: %s', (reason, opens) => {
  expect(mayView({ ownership: 'private' }, { role: 'operator' }, [], reason).ok).toBe(opens)
})
