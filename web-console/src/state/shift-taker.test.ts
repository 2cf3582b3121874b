/** J: whoever types a work number by habit must not hand over to the first of the list. */
import { expect, it } from 'vitest'
import { takerOf } from './shift-taker.ts'

const TAKERS = ['10327', '10411'].map(login => ({ login, name: login }))

it('is one of the list by a digit alone, and by more the work number that was typed', () => {
  expect(['1', ' 2 ', '3', '10008', '10327', '0', ''].map(typed => takerOf(TAKERS, typed))).toEqual([
    ...['10327', '10411', '3', '10008', '10327', '0', '']
  ])
  expect(takerOf([...TAKERS, { login: '1', name: '1' }], '1')).toBe('1')
})
