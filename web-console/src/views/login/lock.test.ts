/** The lock of a work number as the log-in page counts it. */
import { expect, it } from 'vitest'
import { Refusal } from '../../wire/api.ts'
import { lockedUntil } from './lock.ts'

it('counts a lock from when it was told, and nothing else', () => {
  const refused = (code: 'LOGIN_LOCKED' | 'LOGIN_REFUSED', detail: Refusal['detail'] = {}) =>
    lockedUntil(new Refusal(code, 429, '', detail), 5_000)
  expect(refused('LOGIN_LOCKED', { waitS: 30 })).toBe(35_000)
  expect(refused('LOGIN_LOCKED')).toBe(6_000)
  expect(refused('LOGIN_REFUSED')).toBeUndefined()
  expect(lockedUntil(new Error('LOGIN_LOCKED'), 0)).toBeUndefined()
})
