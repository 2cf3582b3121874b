/** The picker's search: names, codes and initials, the likeliest first, and no more than can be read. */
import { expect, it } from 'vitest'
import { matchesOf, meantOf } from './pick-match.ts'

const CELLS = [
  { id: '350703001001', name: '杏花社区第一网格' },
  { id: '350703001002', name: '杏花社区第二网格' },
  { id: '350703002001', name: '新桥社区第一网格' },
  { id: '350703002', name: '新桥社区' },
  { id: 'unit-7', name: '巡防 07 车' }
]
const names = (text: string) => matchesOf(CELLS, text).shown.map(({ name }) => name)

it('finds by name, by code and by first letters, whatever is left out between them', () => {
  expect(names('第二')).toEqual(['杏花社区第二网格'])
  expect(names('001002')).toEqual(['杏花社区第二网格'])
  expect(names('xhsq')).toEqual(['杏花社区第一网格', '杏花社区第二网格'])
  expect(names('XF07')).toEqual(['巡防 07 车'])
  expect(names('巡防07')).toEqual(['巡防 07 车'])
  expect(names('unit7')).toEqual(['巡防 07 车'])
  expect(names('大桥')).toEqual([])
})

it('puts the very one first, then what begins so, then what has it somewhere', () => {
  expect(names('新桥社区')).toEqual(['新桥社区', '新桥社区第一网格'])
  expect(names('350703002')).toEqual(['新桥社区', '新桥社区第一网格'])
  expect(matchesOf([{ id: 'b', name: '老新桥' }, ...CELLS], '新桥').shown.at(-1)?.name).toBe('老新桥')
})

it('shows as many as can be read and says how many more there are', () => {
  const many = Array.from({ length: 500 }, (_, n) => ({ id: `c${n}`, name: `网格 ${n}` }))
  expect(matchesOf(many, '')).toMatchObject({ hidden: 450 })
  expect(matchesOf(many, 'wg')).toMatchObject({ hidden: 450 })
  expect(matchesOf(many, '网格 499')).toEqual({ shown: [many[499]], hidden: 0 })
})

it('Enter takes the likeliest of what a text found, and nobody where nothing was typed', () => {
  expect(meantOf(CELLS, 'wg')).toBe(CELLS[0])
  expect([meantOf(CELLS, ''), meantOf(CELLS, ' - '), meantOf([], 'wg')]).toEqual([undefined, undefined, undefined])
})
