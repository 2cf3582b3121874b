/** Which items are sealed together, in what order, and what becomes of those that could not be. */
import { expect, test } from 'vitest'
import { type EvidenceId, id } from '../core/brand.ts'
import type { EvidenceItem } from '../core/incident.ts'
import { createSealQueue } from './seal-queue.ts'

const item = (name: string) => ({ id: id<EvidenceId>(name) }) as EvidenceItem

/** Each seal ends when the test says so. */
function bench() {
  const begun: { readonly names: string; readonly last: boolean; readonly done: PromiseWithResolvers<void> }[] = []
  const failed: string[] = []
  const names = (items: readonly EvidenceItem[]) => items.map(each => each.id).join(' ')
  const queue = createSealQueue({
    seal(items, last) {
      const done = Promise.withResolvers<void>()
      begun.push({ names: names(items), last, done })
      return done.promise
    },
    failed: items => failed.push(names(items))
  })
  /** Lets the newest seal end, and the one after it begin. */
  const end = async (how: 'done' | 'failed' = 'done') => {
    const newest = begun.at(-1)?.done
    if (how === 'done') newest?.resolve()
    else newest?.reject(new Error('disk'))
    await new Promise(setImmediate)
  }
  return { queue, begun, failed, end, said: () => begun.map(each => each.names) }
}

test('those of one turn go together, and those that come meanwhile together after them, sixteen at most', async () => {
  const { queue, begun, end, said } = bench()
  for (const name of ['a', 'b']) void queue.add(item(name))
  await new Promise(setImmediate)
  for (let n = 0; n < 18; n++) void queue.add(item(`m${n}`))
  expect(said()).toEqual(['a b'])
  await end()
  await end()
  const many = Array.from({ length: 18 }, (_, n) => `m${n}`)
  expect(said()).toEqual(['a b', many.slice(0, 16).join(' '), 'm16 m17'])
  expect(begun.map(each => each.last)).toEqual([true, false, true])
  await end()
  const later = queue.add(item('later'))
  await new Promise(setImmediate)
  await end()
  await later
  expect(said().at(-1)).toBe('later')
})

test('what failed together is told, counts as tried, and goes alone', async () => {
  const { queue, failed, end, said } = bench()
  const tried = [queue.add(item('a')), queue.add(item('b'))]
  await new Promise(setImmediate)
  await end('failed')
  await Promise.all(tried)
  expect(failed).toEqual(['a b'])
  for (const name of ['a', 'b']) void queue.add(item(name), true)
  void queue.add(item('c'))
  await new Promise(setImmediate)
  for (let n = 0; n < 3; n++) await end()
  expect(said()).toEqual(['a b', 'a', 'b', 'c'])
})

test('what somebody waits for is next', async () => {
  const { queue, end, said } = bench()
  void queue.add(item('first'))
  await new Promise(setImmediate)
  for (const name of ['a', 'b']) void queue.add(item(name), true)
  queue.hurry(id<EvidenceId>('b'))
  queue.hurry(id<EvidenceId>('unknown'))
  for (let n = 0; n < 3; n++) await end()
  expect(said()).toEqual(['first', 'b', 'a'])
})

test('who stops waits until all that was added has been tried', async () => {
  const { queue, end, said } = bench()
  await queue.drained()
  void queue.add(item('first'))
  await new Promise(setImmediate)
  void queue.add(item('second'))
  let over = false
  const drained = queue.drained().then(() => {
    over = true
  })
  await end('failed')
  expect([said(), over]).toEqual([['first', 'second'], false])
  await end()
  await drained
})
