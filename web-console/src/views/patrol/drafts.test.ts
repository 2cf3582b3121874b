/** A report that was begun is there after a reload and when its order went away, until it is sent or a day is over. */
import { expect, test } from 'vitest'
import { type Draft, leftOf, readDrafts, withDraft } from './drafts.ts'

const DAY = 24 * 3_600_000
const draft = (assignmentId: string, more: Partial<Draft> = {}): Draft => ({
  ...{
    assignmentId,
    incidentId: 'i1',
    number: '1129-0003',
    chosen: ['已控制'],
    free: '',
    text: '已控制',
    sent: '',
    atMs: 0
  },
  ...more
})
const names = (drafts: readonly Draft[]) => drafts.map(each => each.assignmentId)

test('one of each order, newest first, five at most, none older than a day', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].reduce<readonly Draft[]>((all, each) => withDraft(all, draft(each)), [])
  expect(names(six)).toEqual(['f', 'e', 'd', 'c', 'b'])
  expect(withDraft(six, draft('c', { text: '两人' }))[0]).toMatchObject({ assignmentId: 'c', text: '两人' })
  expect(names(withDraft(six, draft('g', { atMs: DAY + 1 })))).toEqual(['g'])
})

test('left over is what was not sent of an order that is gone', () => {
  const all = [draft('gone'), draft('running'), draft('sent', { sent: '已控制' }), draft('empty', { text: '' })]
  const tasks = [{ assignmentId: 'running' }]
  expect(names(leftOf(all, tasks, DAY))).toEqual(['gone'])
  expect(leftOf(all, tasks, DAY + 1)).toEqual([])
})

test('what was kept is read again; anything else is nothing', () => {
  const all = [draft('a')]
  expect(readDrafts(JSON.stringify(all))).toEqual(all)
  expect(readDrafts(JSON.stringify([...all, null, 7, { assignmentId: 'x' }]))).toEqual(all)
  for (const text of [null, '', '{', '{}', 'null']) expect(readDrafts(text)).toEqual([])
})
