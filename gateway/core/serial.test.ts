/** Work of a key in its order, and waiting that costs the same however much is under way. */
import { expect, it } from 'vitest'
import { createSerial } from './serial.ts'

it('runs work of one key in its order, others beside it, and a failure reaches its own caller only', async () => {
  const serial = createSerial()
  const said: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = serial.run('a', async () => {
    await gate.promise
    said.push('a1')
    throw new Error('a1 failed')
  })
  const second = serial.run('a', async () => void said.push('a2'))
  await serial.run('b', async () => void said.push('b1'))
  expect(said).toEqual(['b1'])
  gate.resolve()
  await expect(first).rejects.toThrow('a1 failed')
  await second
  expect(said).toEqual(['b1', 'a1', 'a2'])
})

it('tells who waits for one key, and who waits for all, when it is so', async () => {
  const serial = createSerial()
  const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const said: string[] = []
  void serial.run('a', () => a.promise)
  void serial.run('b', () => b.promise)
  const waiting = [
    serial.idleOf('a').then(() => said.push('a')),
    serial.idle().then(() => said.push('all')),
    serial.idleOf('of nobody').then(() => said.push('nobody'))
  ]
  a.resolve()
  await waiting[0]
  expect(said).toEqual(['nobody', 'a'])
  b.resolve()
  await Promise.all(waiting)
  expect(said).toEqual(['nobody', 'a', 'all'])
  await serial.idle()
})

it('thousands who wait behind thousands of keys make no list each', async () => {
  const serial = createSerial()
  const gate = Promise.withResolvers<void>()
  for (let n = 0; n < 5_000; n++) void serial.run(`key ${n}`, () => gate.promise)
  const before = process.memoryUsage().heapUsed
  const waiting = Array.from({ length: 2_000 }, () => serial.idle())
  // A list of promises for each was 1.1 GB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024)
  gate.resolve()
  await Promise.all(waiting)
})
