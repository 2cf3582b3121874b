/** The lists of households, vehicles and groups find a row by whatever people have of it, as it is called now. */
import { expect, it } from 'vitest'
import { type GroupId, id, type UserId } from '../core/brand.ts'
import type { SubjectDraft } from '../core/subject-record.ts'
import { createGroups } from './groups.ts'
import { EMPTY_REGISTRY } from './load.ts'
import { createRows } from './rows.ts'
import { createSubjects } from './subjects.ts'

const ring = [
  [119.6, 27],
  [119.7, 27],
  [119.7, 27.1],
  [119.6, 27]
] as const
const group = { id: id<GroupId>('g1'), name: '杏花巷十户联防' }
const rows = createRows({
  ...EMPTY_REGISTRY,
  groups: [group],
  gridCells: [{ id: id('c1'), name: '城关', level: 1, ring }],
  subjects: [
    {
      ...{
        id: id('h1'),
        kind: 'household',
        name: '陈桂芳',
        address: '杏花巷 16 号',
        phone: '6650112',
        groupId: group.id
      },
      contacts: [{ name: '陈立', relation: '儿子', phone: '13802617000' }],
      position: { lat: 27.02, lon: 119.66, datum: 'wgs84' }
    },
    {
      ...{ id: id('h2'), kind: 'household', name: '赵淑珍', address: '文昌街 1 号' },
      position: { lat: 27.5, lon: 119.66, datum: 'wgs84' }
    },
    { id: id('t1'), kind: 'vehicle', name: '闽J·T0637', address: '', fleetId: id('fleet-pingan') }
  ]
})
const edits = { versionOf: () => 0, history: async () => [], save: async () => undefined } as never
const inTurn = <T>(work: () => Promise<T>) => work()
const subjects = createSubjects({ rows, edits, calling: () => undefined, inTurn })
const groups = createGroups({ rows, groups: edits, subjects: edits, inTurn })
const page = (text: string) =>
  subjects.page({ kinds: ['household', 'vehicle'], text, offset: 0, limit: 9 }).rows.map(each => String(each.id))
const groupsFor = (text: string) => groups.page({ text, offset: 0, limit: 9 }).rows.map(each => String(each.id))

it('a household by its contacts, a vehicle by its fleet, a group by who lives in it', () => {
  for (const text of ['陈立', 'cl', '138 0261 7000', '杏花巷十户', 'xhxsh']) expect(page(text), text).toEqual(['h1'])
  for (const text of ['fleet-pingan', 'mjt0637']) expect(page(text), text).toEqual(['t1'])
  for (const text of ['陈桂芳', 'cgf', '665-0112', 'h1', 'xhx']) expect(groupsFor(text), text).toEqual(['g1'])
  expect(groupsFor('赵淑珍')).toEqual([])
})

it('by the name that its group has now', () => {
  rows.putGroup({ ...group, name: '北门联防组' })
  expect(page('北门')).toEqual(['h1'])
  expect(page('bmlf')).toEqual(['h1'])
  expect(page('杏花巷十户')).toEqual([])
})

it('and says whose place lies in no cell of the grid', () => {
  const { rows: lines } = subjects.page({ kinds: ['household'], text: '', offset: 0, limit: 9 })
  expect(lines.map(each => [each.id, each.offGrid])).toEqual([
    ['h1', false],
    ['h2', true]
  ])
})

it('a telephone that somebody else has is kept, and said with whose it is; once, when it is new', async () => {
  const user = { userId: id<UserId>('a'), login: '10001', name: '管理员', role: 'administrator' } as const
  const son = { kind: 'household', name: '陈明', address: '杏花巷 18 号', contacts: [], sources: [] } as const
  const saved = (draft: SubjectDraft) => subjects.save(draft, 0, user)
  expect(await saved({ ...son, phone: '665-0112' })).toMatchObject({
    ...{ saved: true, warnings: [{ field: 'phone', code: 'phoneOf', other: '陈桂芳' }] }
  })
  expect(await saved({ ...son, phone: '6650118' })).not.toHaveProperty('warnings')
  expect(await saved({ ...son, id: 'h2', name: '赵淑珍', address: '文昌街 2 号' })).not.toHaveProperty('warnings')
})
