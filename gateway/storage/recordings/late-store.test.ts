/** The catalogue that opens late: refused calls meanwhile, one word of each reason, and no attempt after the end. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { openLateStore } from './late-store.ts'
import { openRecordingStore } from './store.ts'

it('opens by itself when the disk does, and says so once', async () => {
  const dir = tempDir('late')
  const clock = createFakeClock()
  const told: (string | undefined)[] = []
  let attempts = 0
  const store = await openLateStore({
    clock,
    async open() {
      attempts += 1
      if (attempts < 4) throw new Error(attempts < 3 ? 'EACCES' : 'EIO')
      return openRecordingStore({ dir, recordingsDir: dir, folderOf: () => dir })
    },
    tell: why => told.push(why)
  })
  await expect(store.usage(0)).rejects.toMatchObject({ code: 'STORE_FAILED', detail: { why: 'EACCES' } })
  await clock.advance(20_000)
  expect([attempts, told]).toEqual([3, ['EACCES', 'EIO']])
  await clock.advance(10_000)
  // Waits for the attempt under way.
  await store.close()
  expect(told).toEqual(['EACCES', 'EIO', undefined])
  await clock.advance(60_000)
  expect([attempts, clock.pending]).toEqual([4, 0])
})

it('keeps nobody waiting for a disk that hangs', async () => {
  const dir = tempDir('late')
  const clock = createFakeClock()
  const told: (string | undefined)[] = []
  const disk = Promise.withResolvers<void>()
  const opening = openLateStore({
    clock,
    async open() {
      await disk.promise
      return openRecordingStore({ dir, recordingsDir: dir, folderOf: () => dir })
    },
    tell: why => told.push(why)
  })
  await clock.advance(3_000)
  const store = await opening
  await expect(store.usage(0)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  disk.resolve()
  await until('it is open', () => told.includes(undefined))
  expect(await store.usage(0)).toEqual([])
  await store.close()
})

it('is told when what was open has died, says so, and opens it again', async () => {
  const dir = tempDir('late')
  const clock = createFakeClock()
  const told: (string | undefined)[] = []
  let die: (why: string) => void = () => undefined
  let opened = 0
  const store = await openLateStore({
    clock,
    async open(died) {
      opened += 1
      die = died
      return openRecordingStore({ dir, recordingsDir: dir, folderOf: () => dir })
    },
    tell: why => told.push(why)
  })
  expect(await store.usage(0)).toEqual([])
  die('database disk image is malformed')
  await expect(store.usage(0)).rejects.toMatchObject({ detail: { why: 'database disk image is malformed' } })
  await clock.advance(10_000)
  await until('it is open again', () => told.length === 3)
  expect([opened, told]).toEqual([2, [undefined, 'database disk image is malformed', undefined]])
  expect(await store.usage(0)).toEqual([])
  await store.close()
})
