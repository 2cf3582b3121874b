/** Editing the 处置预案: steps move, new ones have an id of their own, what cannot be saved is named. */
import { expect, it } from 'vitest'
import type { SopSheet, SopStep } from '../../../../gateway/core/sop.ts'
import { addable, faultOf, moved, newStep, withSheet } from './sheets.ts'

const step = (id: string, zh = '做'): SopStep => ({ id, zh, en: 'do', who: 'unit' })
const SHEET: SopSheet = { kind: 'fire', steps: [step('a'), step('b')] }

it('moves a step by one place and leaves the ends alone', () => {
  const ids = (from: number, by: 1 | -1) => moved(SHEET.steps, from, by).map(each => each.id)
  expect([ids(0, 1), ids(1, -1), ids(0, -1), ids(1, 1)]).toEqual([
    ['b', 'a'],
    ['b', 'a'],
    ['a', 'b'],
    ['a', 'b']
  ])
})

it('gives a new step an id that the sheet does not have', () => {
  expect(newStep([step('step-2')]).id).toBe('step-3')
  expect(newStep([step('x'), step('step-3')]).id).toBe('step-4')
})

it('says what cannot be saved, and what may be added', () => {
  expect(faultOf([SHEET])).toBeUndefined()
  expect(faultOf([SHEET, { kind: 'medical', steps: [] }])).toEqual({ word: 'empty', kind: 'medical' })
  expect(faultOf([withSheet([SHEET], { kind: 'fire', steps: [step('a', ' ')] })[0] as SopSheet])?.word).toBe('noName')
  expect(addable([SHEET])).not.toContain('fire')
  expect(addable([SHEET])).toContain('medical')
})
