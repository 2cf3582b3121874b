/** What is struck twice is sent once, and again after it was refused. */
import { expect, it } from 'vitest'
import { createOneAtATime } from './one-at-a-time.ts'

it('sends once while the first is on its way, and again when it has come back or failed', async () => {
  const once = createOneAtATime()
  const ends: PromiseWithResolvers<string>[] = []
  const send = () => {
    const end = Promise.withResolvers<string>()
    ends.push(end)
    return end.promise
  }
  const first = once(send)
  expect(await once(send)).toBeUndefined()
  expect(ends).toHaveLength(1)
  ends[0]?.resolve('kept')
  expect(await first).toBe('kept')
  const second = once(send)
  ends[1]?.reject(new Error('refused'))
  await expect(second).rejects.toThrow('refused')
  const third = once(send)
  ends[2]?.resolve('third')
  expect(await third).toBe('third')
})
