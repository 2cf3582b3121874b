/** The catalogue on real files: what is removed and in which order, what holds keep, and that a crash between row and file leaves nothing behind. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type CameraId, type IncidentId, id } from '../../core/brand.ts'
import {
  type RecordedSegment,
  type RecordingStore,
  type RetentionRule,
  type StrayRecordings,
  segmentFile
} from '../../core/recording.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { createCatalogue } from './catalogue.ts'
import { harmOf, openVideoDatabase } from './schema.ts'
import { openRecordingStore } from './store.ts'
import { createSweeper } from './sweep.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 28)
const A = id<CameraId>('cam-a')
const B = id<CameraId>('cam-b')
const BYTES = 1000
const open: RecordingStore[] = []

afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

async function openAt(dir: string, died?: (why: string) => void): Promise<RecordingStore> {
  const recordingsDir = join(dir, 'recordings')
  mkdirSync(recordingsDir, { recursive: true })
  const folderOf = (cameraId: CameraId, stream: string) => join(recordingsDir, cameraId, stream)
  const store = await openRecordingStore({ dir, recordingsDir, folderOf, died })
  open.push(store)
  return store
}

const pathOf = (dir: string, { cameraId, stream, startMs }: RecordedSegment) =>
  join(dir, 'recordings', cameraId, stream, segmentFile(startMs))

/** A segment of a minute that began so many days ago, with its files. */
function recorded(dir: string, cameraId: CameraId, daysAgo: number, minute = 0): RecordedSegment {
  const startMs = NOW_MS - daysAgo * DAY_MS + minute * 60_000
  const segment = { cameraId, stream: 'main', startMs, endMs: startMs + 60_000, bytes: BYTES } as const
  const path = pathOf(dir, { ...segment, cause: 'continuous', open: false })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.alloc(BYTES))
  writeFileSync(path.replace('.mp4', '.idx'), '')
  return { ...segment, cause: 'continuous', open: false }
}

const rule = (more: Partial<RetentionRule> = {}): RetentionRule => ({
  nowMs: NOW_MS,
  days: [
    { cameraId: A, days: 30 },
    { cameraId: B, days: 90 }
  ],
  otherDays: 30,
  quotaBytes: 0,
  minFreeBytes: 0,
  ...more
})
const left = async (store: RecordingStore, cameraId: CameraId) =>
  (await store.segments(cameraId, 0, NOW_MS * 2)).map(({ startMs }) => Math.round((NOW_MS - startMs) / DAY_MS))

it('holds 8 MB of the disk in reserve, for the rows that removing recordings needs', async () => {
  const dir = tempDir()
  await (await openAt(dir)).sweep(rule())
  expect(readFileSync(join(dir, 'video.reserve')).equals(Buffer.alloc(8 * 1024 * 1024, 1))).toBe(true)
})

describe('asked for together', () => {
  const hold = (n: number) => ({ id: `hold-${n}`, cameraId: A, fromMs: n, toMs: n + 1, reason: 'open' })
  const written = (dir: string) => statSync(join(dir, 'video.sqlite-wal')).size

  it('is one transaction, not one sync each', async () => {
    const dir = tempDir()
    const store = await openAt(dir)
    const before = written(dir)
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.hold(hold(n))))
    expect((await store.holds(A)).length).toBe(100)
    // Each transaction of its own writes two pages of 4 KiB at least.
    expect(written(dir) - before).toBeLessThan(200_000)
  })

  it('fails alone, and is answered in its order with what is only read', async () => {
    const store = await openAt(tempDir())
    const wrong = { ...hold(2), fromMs: 'soon' as unknown as number, reason: {} as unknown as string }
    const results = await Promise.allSettled([
      store.hold(hold(1)),
      store.hold(wrong),
      store.holds(A),
      store.release('hold-1'),
      store.hold(hold(3))
    ])
    expect(results.map(each => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(results[2]).toMatchObject({ value: [{ id: 'hold-1' }] })
    expect((await store.holds(A)).map(each => each.id)).toEqual(['hold-3'])
  })
})

describe('retention', () => {
  it('keeps every camera its own days, files and empty folders go with the rows', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    const segments = [29, 31, 89, 91].flatMap(days => [recorded(dir, A, days), recorded(dir, B, days)])
    await store.put(segments)
    expect(await store.sweep(rule())).toMatchObject({ removed: 4, removedForSpace: 0, usedBytes: 4 * BYTES })
    expect(await left(store, A)).toEqual([29])
    expect(await left(store, B)).toEqual([89, 31, 29])
    expect(segments.map(segment => existsSync(pathOf(dir, segment)))).toEqual(
      segments.map(({ cameraId, startMs }) => startMs >= NOW_MS - (cameraId === A ? 30 : 90) * DAY_MS)
    )
    expect(readdirSync(join(dir, 'recordings', A, 'main'))).toHaveLength(1)
  })

  it('makes room with the oldest first, ordinary before alarms, never what is held', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    await store.put([5, 4, 3, 2, 1].map(days => recorded(dir, A, days)))
    await store.put([recorded(dir, B, 6)])
    const alarmMs = NOW_MS - 4 * DAY_MS + 30_000
    await store.mark({ cameraId: A, atMs: alarmMs, kind: 'alarm', fromMs: alarmMs - 1000, toMs: alarmMs + 1000 })
    const heldMs = NOW_MS - 5 * DAY_MS
    const hold = { id: 'h1', cameraId: A, fromMs: heldMs + 59_000, toMs: heldMs + 70_000, reason: '立案' }
    await store.hold({ ...hold, incidentId: id<IncidentId>('i1') })
    expect(await store.holds(A)).toEqual([{ ...hold, incidentId: 'i1' }])
    const sweep = (keep: number) => store.sweep(rule({ quotaBytes: keep * BYTES }))
    expect(await sweep(6)).toMatchObject({ removed: 0, heldBytes: BYTES })
    expect(await sweep(5)).toMatchObject({ removed: 1, removedForSpace: 1, usedBytes: 5 * BYTES })
    expect(await left(store, B)).toEqual([])
    await sweep(4)
    expect(await left(store, A)).toEqual([5, 4, 2, 1])
    await sweep(2)
    // The held one and the one near the alarm outlive everything newer.
    expect(await left(store, A)).toEqual([5, 4])
    await sweep(1)
    expect(await left(store, A)).toEqual([5])
    expect(await sweep(0.5)).toMatchObject({ removed: 0, usedBytes: BYTES })
    await store.release('h1')
    expect(await sweep(0.5)).toMatchObject({ removed: 1, usedBytes: 0 })
  })

  it('removes no more than the room that is missing, also where the file system tells of it late', () => {
    const dir = tempDir('catalogue')
    const db = openVideoDatabase(dir)
    const { put } = createCatalogue(db)
    const add = (cameraId: CameraId, days: number) =>
      put([{ ...recorded(dir, cameraId, days), folder: join(cameraId, 'main') }])
    for (const days of [9, 8, 7, 6, 5, 4, 3, 2, 1]) add(A, days)
    // The figures of a disk that lags: they are what the test says, whatever is removed.
    const disk = { free: 8 * BYTES, ms: 0 }
    const figures = { freeBytes: () => disk.free, nowMs: () => disk.ms }
    const sweeper = createSweeper(db, join(dir, 'recordings'), figures)
    const removed = () => sweeper.sweep(rule({ minFreeBytes: 10 * BYTES })).removedForSpace
    expect([removed(), removed()]).toEqual([2, 0])
    disk.ms = 20_000
    expect(removed()).toBe(0)
    // What is written meanwhile takes room although the figure does not move.
    add(B, 1)
    expect([removed(), removed()]).toEqual([1, 0])
    disk.ms = 31_000
    disk.free = 10 * BYTES
    expect(removed()).toBe(0)
    // What went for its age counts as well.
    disk.free = 9 * BYTES
    add(A, 31)
    expect(sweeper.sweep(rule({ minFreeBytes: 10 * BYTES }))).toMatchObject({ removed: 1, removedForSpace: 0 })
    // It never came free: somebody still reads the file. Then the figure is believed.
    disk.ms = 70_000
    expect([removed(), removed()]).toEqual([1, 0])
    db.close()
  })

  it('drops nothing for room whose file is not there: its disk may not be mounted', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    await store.put([3, 2, 1].map(days => recorded(dir, A, days)))
    renameSync(join(dir, 'recordings'), join(dir, 'elsewhere'))
    mkdirSync(join(dir, 'recordings'))
    expect(await store.sweep(rule({ quotaBytes: 1 }))).toMatchObject({ removed: 0, usedBytes: 3 * BYTES })
    expect(await left(store, A)).toEqual([3, 2, 1])
    rmSync(join(dir, 'recordings'), { recursive: true })
    renameSync(join(dir, 'elsewhere'), join(dir, 'recordings'))
    expect(await store.sweep(rule({ quotaBytes: BYTES }))).toMatchObject({ removed: 2, removedForSpace: 2 })
    expect(await left(store, A)).toEqual([1])
  })

  it('marks what is recorded after the alarm too, and holds what is beyond its days', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    const fromMs = NOW_MS - 40 * DAY_MS
    await store.mark({ cameraId: A, atMs: fromMs, kind: 'alarm', fromMs, toMs: fromMs + 90_000 })
    await store.hold({ id: 'h', cameraId: A, fromMs, toMs: fromMs + 60_000, reason: '立案' })
    await store.put([recorded(dir, A, 40), recorded(dir, A, 40, 1), recorded(dir, A, 2), recorded(dir, A, 1)])
    expect(await store.sweep(rule())).toMatchObject({ removed: 1 })
    expect(await left(store, A)).toEqual([40, 2, 1])
    expect(await store.marks(A, 0, NOW_MS)).toHaveLength(1)
  })
})

describe('motion', () => {
  const moved = (atMs: number) => ({ cameraId: A, atMs, kind: 'motion' as const, fromMs: atMs, toMs: atMs + 60_000 })

  it('keeps nothing longer, pushes no alarm out of the list, and goes with what was recorded', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    await store.put([3, 2, 1].map(days => recorded(dir, A, days)))
    const dayMs = (days: number) => NOW_MS - days * DAY_MS
    await store.mark(moved(dayMs(3)))
    await store.mark({ ...moved(dayMs(2)), kind: 'alarm' })
    await store.put([recorded(dir, A, 3, 1)])
    await store.sweep(rule({ quotaBytes: 2 * BYTES }))
    expect(await left(store, A)).toEqual([2, 1])
    // Far more motion than is told at once, and one alarm after it.
    await Promise.all(Array.from({ length: 5_100 }, (_, n) => store.mark(moved(dayMs(3) + n))))
    const told = await store.marks(A, 0, NOW_MS)
    expect(told).toHaveLength(5_000)
    expect(told.map(mark => mark.atMs)).toEqual(told.map(mark => mark.atMs).toSorted((a, b) => a - b))
    expect(told.at(-1)).toMatchObject({ kind: 'alarm' })
    await store.sweep(rule({ nowMs: NOW_MS + 88 * DAY_MS }))
    expect((await store.marks(A, 0, NOW_MS)).map(mark => mark.kind)).toEqual(['alarm'])
  })
})

it('files that cannot be removed, however many, do not stand before the others for ever', () => {
  const dir = tempDir('catalogue')
  const db = openVideoDatabase(dir)
  const { put } = createCatalogue(db)
  const segments = Array.from({ length: 401 }, (_, minute) => recorded(dir, A, 40, minute))
  put(segments.map(each => ({ ...each, folder: join(A, 'main') })))
  db.exec('INSERT INTO garbage SELECT stream_id, start_ms FROM segments; DELETE FROM segments')
  // A folder in the place of a file is one that nobody can unlink.
  for (const each of segments.slice(0, 400)) {
    rmSync(pathOf(dir, each))
    mkdirSync(pathOf(dir, each))
  }
  const [last] = segments.slice(-1).map(each => pathOf(dir, each))
  const sweeper = createSweeper(db, join(dir, 'recordings'))
  sweeper.takeOut()
  expect(existsSync(last ?? '')).toBe(true)
  sweeper.takeOut()
  expect(existsSync(last ?? '')).toBe(false)
  // And they are tried again.
  for (const each of segments.slice(0, 400)) rmSync(pathOf(dir, each), { recursive: true })
  sweeper.takeOut()
  expect(db.prepare('SELECT count(*) AS n FROM garbage').get()).toEqual({ n: 0 })
  db.close()
})

describe('crash', () => {
  it('finishes a removal that was cut off between row and file', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    const segment = recorded(dir, A, 1)
    await store.put([segment])
    await store.close()
    open.splice(0)
    const db = openVideoDatabase(dir)
    db.exec('INSERT INTO garbage SELECT stream_id, start_ms FROM segments; DELETE FROM segments')
    db.close()
    const again = await openAt(dir)
    expect(existsSync(pathOf(dir, segment))).toBe(false)
    // A file that is gone may be recorded anew.
    await again.put([segment])
    expect(await left(again, A)).toEqual([1])
  })

  it('counts a segment once however often it is reported', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    const segment = recorded(dir, A, 1)
    await store.put([segment, segment])
    await store.put([{ ...segment, bytes: 900 }])
    const { startMs } = segment
    const usage = { cameraId: A, stream: 'main', bytes: 900, segments: 1, oldestMs: startMs, newestMs: startMs }
    expect(await store.usage(startMs + DAY_MS)).toEqual([{ ...usage, dayBytes: 900 }])
    expect(await store.usage(startMs + DAY_MS + 1)).toEqual([{ ...usage, dayBytes: 0 }])
  })

  it('puts a broken catalogue aside and starts anew', async () => {
    const dir = tempDir('catalogue')
    const store = await openAt(dir)
    await store.put([recorded(dir, A, 1)])
    await store.close()
    open.splice(0)
    writeFileSync(join(dir, 'video.sqlite'), 'no database at all, whatever it was before')
    const again = await openAt(dir)
    expect(await again.usage(NOW_MS)).toEqual([])
    expect(readdirSync(dir).filter(file => file.startsWith('video.sqlite.broken-'))).toHaveLength(1)
  })
})

/** Everything behind the first page, which holds the tables' names: the file opens, and breaks when it is asked. */
function breakInside(dir: string): void {
  const file = join(dir, 'video.sqlite')
  const bytes = readFileSync(file)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xff)]))
}
const brokenFiles = (dir: string) => readdirSync(dir).filter(file => file.startsWith('video.sqlite.broken-'))

describe('broken while it runs', () => {
  it('ends with what the database said, puts it aside, and can be opened anew', async () => {
    const dir = tempDir('catalogue')
    await (await openAt(dir)).put([recorded(dir, A, 2)])
    await open.splice(0)[0]?.close()
    const died = Promise.withResolvers<string>()
    const store = await openAt(dir, died.resolve)
    breakInside(dir)
    await expect(store.usage(NOW_MS)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(await died.promise).toMatch(/malformed/)
    await expect(store.put([])).rejects.toMatchObject({ code: 'STORE_FAILED' })
    const again = await openAt(dir)
    await again.put([recorded(dir, A, 1)])
    expect(await left(again, A)).toEqual([1])
    expect(brokenFiles(dir)).toHaveLength(1)
  })

  it('is found out at the start too, and keeps no more than the last two', async () => {
    const dir = tempDir('catalogue')
    for (const days of [1, 2, 3]) {
      const store = await openAt(dir)
      await store.put([recorded(dir, A, days)])
      expect(await left(store, A)).toEqual([days])
      await open.splice(0)[0]?.close()
      breakInside(dir)
    }
    expect(await left(await openAt(dir), A)).toEqual([])
    expect(brokenFiles(dir)).toHaveLength(2)
  })

  it('tells a broken file from a disk that refuses, and both from a call that failed', () => {
    const harm = (code: string) => harmOf(Object.assign(new Error(code), { code }))
    expect(['SQLITE_CORRUPT', 'SQLITE_CORRUPT_INDEX', 'SQLITE_NOTADB'].map(harm)).toEqual(Array(3).fill('broken'))
    expect(['SQLITE_IOERR', 'SQLITE_IOERR_READ'].map(harm)).toEqual(['failing', 'failing'])
    expect(['SQLITE_FULL', 'SQLITE_CONSTRAINT'].map(harm)).toEqual([undefined, undefined])
  })
})

it('finds what lies on disk without a row, older than the newest of its stream, a stretch at a time', async () => {
  const dir = tempDir('catalogue')
  const store = await openAt(dir)
  // Of before the clock was set back; the last one is what the recorder writes now.
  const strays = [40, 35, 20].map(days => recorded(dir, A, days))
  await store.put([...Array.from({ length: 30 }, (_, n) => recorded(dir, A, 40 - n, 1)), recorded(dir, B, 5)])
  recorded(dir, A, 0)
  recorded(dir, B, 9)
  const found: StrayRecordings[] = []
  let stretches = 0
  for (let after: string | undefined; stretches === 0 || after !== undefined; stretches++) {
    const stretch = await store.strays(after)
    found.push(...stretch.found)
    after = stretch.next
  }
  expect(stretches).toBe(2)
  expect(found.flatMap(({ cameraId, startsMs }) => startsMs.map(ms => [cameraId, (NOW_MS - ms) / DAY_MS]))).toEqual([
    [A, 40],
    [A, 35],
    [A, 20],
    [B, 9]
  ])
  await store.put(strays)
  expect((await store.strays()).found.map(({ cameraId }) => cameraId)).toEqual([])
})

it('tells a month of minutes in as many pieces as there are, not as there are files', async () => {
  const store = await openAt(tempDir('catalogue'))
  const minutes = (fromMs: number, count: number, cause: RecordedSegment['cause']): RecordedSegment[] =>
    Array.from({ length: count }, (_, n) => {
      const startMs = fromMs + n * 60_000
      return { cameraId: A, stream: 'main', startMs, endMs: startMs + 59_990, bytes: BYTES, cause, open: false }
    })
  const monthMs = NOW_MS - 30 * DAY_MS
  await store.put(minutes(monthMs, 10_000, 'continuous'))
  await store.put(minutes(monthMs + 10_000 * 60_000, 5, 'event'))
  await store.put(minutes(monthMs + 10_010 * 60_000, 5, 'event'))
  const found = await store.segments(A, 0, NOW_MS)
  expect(found.map(({ startMs, cause }) => [(startMs - monthMs) / 60_000, cause])).toEqual([
    [0, 'continuous'],
    [10_000, 'event'],
    [10_010, 'event']
  ])
  expect(found[0]).toMatchObject({ bytes: 10_000 * BYTES, endMs: monthMs + 10_000 * 60_000 - 10 })
})
