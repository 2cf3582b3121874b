/** The writing thread: what was given is in the files byte for byte, around the end of the shared memory too, and a refusal reaches the one it is for. */
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { systemClock } from '../clock.ts'
import { BULK_BYTES, BULK_JOBS } from './bulk-memory.ts'
import { BulkWriter } from './bulk-writer.ts'
import { createDiskFiles } from './files.ts'

async function opened(path: string) {
  const file = await open(path, 'w+')
  onTestFinished(() => file.close())
  return file
}

it('writes many pieces of many files, each where it belongs, for longer than its memory', async () => {
  const dir = tempDir('bulk')
  const writer = new BulkWriter(systemClock)
  const paths = Array.from({ length: 5 }, (_, n) => join(dir, String(n)))
  const files = await Promise.all(paths.map(opened))
  const expected = paths.map(() => Buffer.alloc(0))
  // No divisor of the memory: pieces meet its end at ever other places.
  const pieceBytes = 130_007
  for (let sent = 0, round = 0; sent < 2.5 * BULK_BYTES; round++) {
    const writes = files.map((file, n) => {
      const piece = Buffer.alloc(pieceBytes, `${round}-${n} `)
      const position = expected[n]?.length ?? 0
      expected[n] = Buffer.concat([expected[n] ?? Buffer.alloc(0), piece])
      sent += pieceBytes
      return writer.write(file.fd, [piece.subarray(0, 1000), piece.subarray(1000)], position)
    })
    expect(writes).not.toContain(undefined)
    // Two rounds are under way at a time.
    if (round % 2 === 1) await Promise.all(writes)
  }
  await writer.write(files[0]?.fd ?? -1, [], 0)
  for (const [n, path] of paths.entries())
    expect((await readFile(path)).equals(expected[n] ?? Buffer.alloc(0))).toBe(true)
})

it('says what the system said, to the write that was refused and to no other', async () => {
  const writer = new BulkWriter(systemClock)
  const good = await opened(join(tempDir('bulk'), 'good'))
  const full = await open('/dev/full', 'r+')
  onTestFinished(() => full.close())
  const bytes = [Buffer.from('picture')]
  const results = await Promise.allSettled([
    writer.write(good.fd, bytes, 0),
    writer.write(full.fd, bytes, 0),
    writer.write(good.fd, bytes, 7)
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { code: 'ENOSPC' } })
  expect((await good.readFile()).toString()).toBe('picturepicture')
})

it('takes no more than it has room for, and takes again when that is written', async () => {
  const writer = new BulkWriter(systemClock)
  const file = await opened(join(tempDir('bulk'), 'file'))
  expect(writer.write(file.fd, [Buffer.alloc(BULK_BYTES + 1)], 0)).toBeUndefined()
  const half = Buffer.alloc(BULK_BYTES / 2)
  const first = [writer.write(file.fd, [half], 0), writer.write(file.fd, [half], half.length)]
  expect(first).not.toContain(undefined)
  expect(writer.write(file.fd, [Buffer.alloc(1)], 0)).toBeUndefined()
  await Promise.all(first)
  const many = Array.from({ length: BULK_JOBS + 1 }, () => writer.write(file.fd, [Buffer.alloc(1)], 0))
  expect(many.indexOf(undefined)).toBe(BULK_JOBS)
  await Promise.all(many)
})

it('rejects what waits when its thread dies, and what comes then is written without it', async () => {
  const started = once(process, 'worker') as Promise<[Worker]>
  // The thread is never called: both writes surely wait.
  const clock = createFakeClock()
  const bulk = new BulkWriter(clock)
  const path = join(tempDir('bulk'), 'file')
  const file = await createDiskFiles({ lane: job => job(), bulk }).create(path)
  onTestFinished(() => file.close())
  const waiting = Promise.allSettled([file.write([Buffer.from('lost')], 0), file.write([Buffer.from('too')], 4)])
  const [thread] = await started
  await thread.terminate()
  const rejected = { status: 'rejected', reason: new Error('the writing thread has ended') }
  expect(await waiting).toEqual([rejected, rejected])
  const after = [Buffer.from('written '), Buffer.from('without')]
  expect(bulk.write(-1, after, 0)).toBeUndefined()
  await file.write(after, 0)
  expect((await readFile(path)).toString()).toBe('written without')
})
