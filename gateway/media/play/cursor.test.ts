/** Walking recordings: the keyframe before a time, gaps told, files that grow, end or vanish, the newest there is. */
import { afterEach, beforeAll, expect, it } from 'vitest'
import { type CameraId, id } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { encode, type PictureNals } from '../testing/encode.ts'
import { RecordedFolder } from '../testing/recorded-folder.ts'
import { Cursor, type Piece } from './cursor.ts'

const CAM = id<CameraId>('cam-1')
const T = Date.UTC(2026, 10, 21, 19, 0, 0)
let pictures: readonly PictureNals[]
let folders = 0
const dir = tempDir('cursor')
const open: Cursor[] = []

afterEach(() => Promise.all(open.splice(0).map(each => each.close())))

beforeAll(() => {
  pictures = encode({ seconds: 2, gop: 25, size: '160x90' })
})

const folder = () => new RecordedFolder(`${dir}/${folders++}`)

function cursor(media: RecordedFolder, atMs: number, more: { toMs?: number; nowMs?: number; keysOnly?: boolean } = {}) {
  const { toMs = T + 600_000, nowMs = T + 3_600_000, keysOnly = false } = more
  const range = { cameraId: CAM, stream: 'main', fromMs: T, toMs } as const
  const made = new Cursor({ media, range, atMs, keysOnly, now: () => nowMs })
  open.push(made)
  return made
}

/** In short: fragments as [start, end], the rest by its word, seconds after T. */
async function walk(walker: Cursor, count = 1000): Promise<string[]> {
  const told: string[] = []
  while (told.length < count) {
    const piece: Piece = await walker.next()
    told.push(short(piece))
    if (piece.kind === 'end' || piece.kind === 'edge') break
  }
  return told
}

function short(piece: Piece): string {
  const s = (ms: number) => String((ms - T) / 1000)
  switch (piece.kind) {
    case 'fragment':
      return `${piece.fragment.key ? 'K' : 'f'}${s(piece.fragment.startMs)}-${s(piece.fragment.endMs)}`
    case 'gap':
      return `gap ${s(piece.fromMs)}-${s(piece.toMs)}`
    case 'edge':
    case 'end':
      return `${piece.kind} ${s(piece.atMs)}`
  }
}

it('begins at the keyframe at or before the time and goes on over files without telling a gap', async () => {
  const media = folder()
  media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 4000 })
  media.add({ cameraId: CAM, startMs: T + 4000, pictures, durationMs: 2000 })
  const told = await walk(cursor(media, T + 2700, { toMs: T + 6000 }))
  expect(told.slice(0, 4)).toEqual(['K2-2.4', 'f2.4-2.8', 'f2.8-3', 'K3-3.4'])
  expect(told).toContain('K4-4.4')
  expect(told.at(-1)).toBe('end 6')
  expect(told.filter(each => each.startsWith('gap'))).toEqual([])
})

it('tells the gaps before, between and behind the recordings with their exact times', async () => {
  const media = folder()
  media.add({ cameraId: CAM, startMs: T + 5000, pictures, durationMs: 1000 })
  media.add({ cameraId: CAM, startMs: T + 60_000, pictures, durationMs: 1000 })
  const told = await walk(cursor(media, T + 1000))
  expect(told.filter(each => !/^[Kf]/.test(each))).toEqual(['gap 1-5', 'gap 6-60', 'gap 61-600', 'end 600'])
})

it('tells from when on there is nothing to who begins inside a gap', async () => {
  const media = folder()
  media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 3000 })
  media.add({ cameraId: CAM, startMs: T + 60_000, pictures, durationMs: 1000 })
  expect((await walk(cursor(media, T + 20_000), 2))[0]).toBe('gap 3-60')
})

it('finds the next recording hours ahead, and says so where there is none', async () => {
  const media = folder()
  const toMs = T + 20 * 3_600_000
  media.add({ cameraId: CAM, startMs: T + 9 * 3_600_000, pictures, durationMs: 1000 })
  const nowMs = toMs + 1
  expect((await walk(cursor(media, T, { toMs, nowMs }), 2))[0]).toBe('gap 0-32400')
  expect(await walk(cursor(folder(), T, { toMs, nowMs }))).toEqual(['gap 0-72000', 'end 72000'])
})

it('gives keyframes only, each with the end of its group', async () => {
  const media = folder()
  media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 3000 })
  const walker = cursor(media, T, { toMs: T + 3000, keysOnly: true })
  const ends: number[] = []
  for (let piece = await walker.next(); piece.kind === 'fragment'; piece = await walker.next())
    ends.push(piece.groupEndMs - T)
  expect(ends).toEqual([1000, 2000, 3000])
})

it('waits at the newest fragment of a file that is written, and goes on when there is more, also in the next file', async () => {
  const media = folder()
  const path = media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 1000, open: true })
  const walker = cursor(media, T, { nowMs: T + 1200 })
  expect((await walk(walker)).at(-1)).toBe('edge 1')
  expect(await walk(walker)).toEqual(['edge 1'])
  media.extend(path, 400)
  expect(await walk(walker)).toEqual(['K1-1.4', 'edge 1.4'])
  media.extend(path, 600)
  media.finish(path)
  media.add({ cameraId: CAM, startMs: T + 2000, pictures, durationMs: 400, open: true })
  expect(await walk(walker)).toEqual(['f1.4-1.8', 'f1.8-2', 'K2-2.4', 'edge 2.4'])
})

it('waits where recording has stopped, and tells the gap once it goes on', async () => {
  const media = folder()
  const path = media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 1000, open: true })
  const walker = cursor(media, T, { nowMs: T + 1200 })
  await walk(walker)
  media.finish(path)
  expect(await walk(walker)).toEqual(['edge 1'])
  media.add({ cameraId: CAM, startMs: T + 30_000, pictures, durationMs: 400, open: true })
  expect(await walk(walker)).toEqual(['gap 1-30', 'K30-30.4', 'edge 30.4'])
})

it('reads on in a file that retention deletes meanwhile, and passes over one that is gone', async () => {
  const media = folder()
  const first = media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 2000 })
  const second = media.add({ cameraId: CAM, startMs: T + 2000, pictures, durationMs: 2000 })
  media.add({ cameraId: CAM, startMs: T + 4000, pictures, durationMs: 1000 })
  const walker = cursor(media, T, { toMs: T + 5000 })
  expect(await walk(walker, 1)).toEqual(['K0-0.4'])
  media.remove(first)
  media.remove(second)
  const told = await walk(walker)
  expect(told.slice(0, 5)).toEqual(['f0.4-0.8', 'f0.8-1', 'K1-1.4', 'f1.4-1.8', 'f1.8-2'])
  expect(told.slice(5, 7)).toEqual(['gap 2-4', 'K4-4.4'])
})
