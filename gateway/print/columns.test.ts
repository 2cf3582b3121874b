/** Columns of tables on paper: no word is cut where there is room. */
import { expect, it } from 'vitest'
import { linesOf, widest } from './breaking.ts'
import { widthsOf } from './columns.ts'

const one = (text: string) => text.length

it('columns are as wide as their shares say, and none is narrower than its longest word', () => {
  expect(widthsOf([1, 1, 2], [5, 5, 5], 100)).toEqual([25, 25, 50])
  const widths = widthsOf([1, 1, 2], [40, 5, 20], 100)
  expect(widths.map(Math.round)).toEqual([40, 19, 41])
  expect(widths.reduce((sum, each) => sum + each, 0)).toBeCloseTo(100)
  expect(widthsOf([1, 1], [150, 50], 100)).toEqual([75, 25])
})

it('the longest word is what cannot be broken: Chinese can anywhere', () => {
  expect(widest('Response P50 (s)', one)).toBe(8)
  expect(widest('接警用时', one)).toBe(1)
  expect(widest('', one)).toBe(0)
})

it('a bracket is not left behind at the end of a line when what closes it goes down', () => {
  expect(linesOf('Dispatch P50 (s)', 15, one)).toEqual(['Dispatch P50', '(s)'])
  expect(linesOf('甲乙（丙）', 4, one)).toEqual(['甲乙', '（丙）'])
  expect(linesOf('甲乙丙，丁', 3, one)).toEqual(['甲乙', '丙，丁'])
})
