/** What can wait waits when a turn has done enough, is worked in its order soon after, and is dropped at the end. */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { Turns } from './terminal-turns.ts'

const AT_ONCE = 64

it('a turn takes so many frames; the next takes as many again', async () => {
  const turns = new Turns()
  for (let n = 0; n < AT_ONCE; n++) expect(turns.take()).toBe(true)
  expect(turns.take()).toBe(false)
  await turn()
  expect(turns.take()).toBe(true)
  turns.close()
})

it('lines are worked in the order in which they began to wait, a slice a turn, and until then everything waits behind them', async () => {
  const turns = new Turns()
  const worked: number[] = []
  const line = (n: number, workMs: number) => ({
    drain() {
      worked.push(n)
      for (const untilMs = performance.now() + workMs; performance.now() < untilMs; );
    }
  })
  // Longer than any slice.
  const lines = [line(1, 60), line(2, 60), line(3, 0)]
  for (let n = 0; n <= AT_ONCE; n++) turns.take()
  for (const each of [...lines, ...lines]) turns.wait(each)
  expect(worked).toEqual([])
  await turn()
  expect(worked).toEqual([1])
  // This turn is young, but two wait already.
  expect(turns.take()).toBe(false)
  await until('all are worked', () => worked.length === 3)
  expect(worked).toEqual([1, 2, 3])
  expect(turns.take()).toBe(true)
  turns.close()
})

it('nothing is worked after the end', async () => {
  const turns = new Turns()
  let worked = 0
  for (let n = 0; n <= AT_ONCE; n++) turns.take()
  turns.wait({ drain: () => void worked++ })
  turns.close()
  await turn()
  expect(worked).toBe(0)
})
