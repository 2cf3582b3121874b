/** The table of categories in menus and forms: children in the order of their keys, whole names, what is filed without being asked. */
import { expect, it } from 'vitest'
import type { CategoryRow } from '../../../gateway/core/feedback.ts'
import { incident } from '../testing/samples.ts'
import { beyond, childrenOf, filedUnder, offeredFor, pathOf } from './categories.ts'

const ROWS: readonly CategoryRow[] = [
  { code: '9', zh: '其他', en: 'Other', nature: 'other' },
  { code: '92', zh: '无效', en: 'No case' },
  { code: '91', zh: '误报', en: 'False alarm' },
  { code: '911', zh: '误触', en: 'By mistake', dispositions: ['false-misuse'] },
  { code: '2', zh: '涉暴力', en: 'Violence', nature: 'violence' }
]

it('lists the rows below a code by their key, and names a code with its parents', () => {
  expect(childrenOf(ROWS, '').map(row => row.code)).toEqual(['2', '9'])
  expect(childrenOf(ROWS, '9').map(row => row.code)).toEqual(['91', '92'])
  expect(pathOf(ROWS, '911', 'zh-CN')).toBe('其他 · 误报 · 误触')
  expect(pathOf(ROWS, '91', 'en')).toBe('Other · False alarm')
  expect([pathOf(ROWS, '', 'en'), pathOf(ROWS, '933', 'en')]).toEqual([undefined, undefined])
})

it('offers what a code may become: below it, else beside it, from the top where there is none', () => {
  const codes = (code: string) => offeredFor(ROWS, code).map(row => row.code)
  expect([codes('9'), codes('91'), codes('911')]).toEqual([['91', '92'], ['911'], ['911']])
  expect([codes('92'), codes('933')]).toEqual([
    ['91', '92'],
    ['91', '92']
  ])
  expect([codes(''), codes('2'), codes('7')]).toEqual([
    ['2', '9'],
    ['2', '9'],
    ['2', '9']
  ])
})

it('files a false alarm by how it ended, a real one by the first judgement, an amendment where it was', () => {
  const violent = { code: '2', zh: '涉暴力', en: 'Violence' }
  const judged = incident('i', { category: violent })
  expect(filedUnder(ROWS, 'false-misuse', judged)).toBe('911')
  expect(filedUnder(ROWS, 'real-police', judged)).toBe('2')
  expect(filedUnder(ROWS, 'real-police', incident('i'))).toBe('')
  const facts = { category: { ...violent, code: '92' }, injured: 0, dead: 0, lossYuan: 0, by: '林晓', atMs: 1 }
  expect(filedUnder(ROWS, 'real-police', incident('i', { facts, disposition: 'real-police' }))).toBe('92')
})

it('says nothing twice behind how it ended', () => {
  expect([beyond('Real · medical', 'Medical'), beyond('真实警情 · 医疗', '医疗 · 摔倒')]).toEqual(['', '摔倒'])
  expect([beyond('Real · other', 'Traffic'), beyond('误触', '医疗 · 摔倒')]).toEqual(['Traffic', '医疗 · 摔倒'])
})
