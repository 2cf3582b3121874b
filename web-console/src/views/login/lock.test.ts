/** The lock of a work number as the log-in page counts it. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { refusalText } from '../../i18n/refusal.ts'
import { Refusal } from '../../wire/api.ts'
import { isBusy, lockedUntil } from './lock.ts'

it('counts a lock from when it was told, and nothing else', () => {
  const refused = (code: 'LOGIN_LOCKED' | 'LOGIN_REFUSED', detail: Refusal['detail'] = {}) =>
    lockedUntil(new Refusal(code, 429, '', detail), 5_000)
  expect(refused('LOGIN_LOCKED', { waitS: 30 })).toBe(35_000)
  expect(refused('LOGIN_LOCKED')).toBe(6_000)
  expect(refused('LOGIN_REFUSED')).toBeUndefined()
  expect(lockedUntil(new Error('LOGIN_LOCKED'), 0)).toBeUndefined()
})

it('whoever was not even looked at is not told that his password is wrong', () => {
  const locked = (detail: Refusal['detail']) => new Refusal('LOGIN_LOCKED', 429, '', detail)
  expect([locked({ waitS: 5, busy: true }), locked({ waitS: 30 }), undefined].map(isBusy)).toEqual([true, false, false])
  const t = ((key: string | readonly string[]) => [key].flat()[0]) as unknown as TFunction
  expect(refusalText(locked({ waitS: 5, busy: true }), t)).toBe('common:login.busy')
  expect(refusalText(locked({ waitS: 30 }), t)).toBe('words:error.LOGIN_LOCKED')
})
