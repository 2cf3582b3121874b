/** How many a group call reaches, and how its units are found. */
import { expect, it } from 'vitest'
import type { GroupCallChoices } from '../../../../../gateway/core/group-call.ts'
import { matchingUnits, targetOf, unitsOf } from './choice.ts'

const unit = (id: string, name: string) => ({ id, name, onDuty: true, phone: false })
const CHOICES = {
  onDuty: 3,
  cells: [{ id: 'c-1', name: '城东', units: 2 }],
  classes: [],
  units: [unit('u1', '巡防 07 车'), unit('u2', '骑巡 18 组'), unit('u3', '步巡 04 组')]
} as unknown as GroupCallChoices

it('counts whom it means; what nobody is in cannot be chosen', () => {
  expect(unitsOf({ kind: 'onDuty' }, CHOICES)).toBe(3)
  const cell = targetOf('cell', CHOICES)
  expect(cell && unitsOf(cell, CHOICES)).toBe(2)
  expect(targetOf('class', CHOICES)).toBeUndefined()
})

it('finds units by name, initials and id, and keeps the chosen ones in sight', () => {
  const found = (text: string, chosen: readonly string[] = []) =>
    matchingUnits(CHOICES.units, text, chosen as never).map(({ id }) => id)
  expect(found('骑巡')).toEqual(['u2'])
  expect(found('bx')).toEqual(['u3'])
  expect(found('u1')).toEqual(['u1'])
  expect(found('骑巡', ['u3'])).toEqual(['u3', 'u2'])
})
