/** Whose phone can be asked for its picture, and that a unit on the move changes nothing of it. */
import { expect, it } from 'vitest'
import { unit } from '../../testing/samples.ts'
import { askable, notAsked } from './askable.ts'

const units = (...all: readonly ReturnType<typeof unit>[]) => ({ units: new Map(all.map(each => [each.id, each])) })

it('is item by item the same while units only move', () => {
  const first = unit('u1')
  const before = askable(units(first, unit('u2')))
  const position = { point: { lat: 27, lon: 119, datum: 'wgs84' }, atMs: 1 } as never
  const after = askable(units({ ...first, position }, unit('u2')))
  expect(before).toHaveLength(4)
  expect(after.every((word, n) => Object.is(word, before[n]))).toBe(true)
})

it('leaves out who is off duty and who is asked already', () => {
  const words = askable(units(unit('u1'), { ...unit('u2'), state: 'offDuty' }, unit('u3')))
  expect(notAsked(words, [{ unitId: 'u3' }] as never).map(({ id }) => id)).toEqual(['u1'])
})
