/** Sound in what an export makes, heard and seen by ffmpeg: who is heard when, and in step with the picture. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { id } from '../../core/brand.ts'
import type { ExportPlan, MadeFile } from '../../core/export-plan.ts'
import type { ExportMissing } from '../../core/exporting.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { systemClock } from '../clock.ts'
import { createRecordedMedia } from '../record/reader.ts'
import { complaints, probe } from '../testing/player.ts'
import { writeSegment } from '../testing/segments.ts'
import { beeps, codecsIn, flashes, makeFlashAndBeep } from '../testing/sound.ts'
import { runJob } from './job.ts'

const dir = tempDir('export-sound')
const recordingsDir = join(dir, 'recordings')
const evidenceDir = join(dir, 'evidence')
const START = Date.UTC(2026, 10, 28, 1, 0)
/** Within what nobody notices (ITU-R BT.1359): sound is cut in whole frames of up to 72 ms. */
const STEP_MS = 60
const settings = { evidenceDir, recordingsDir, ffmpegPath: 'ffmpeg', threads: 1, fonts: [] }

beforeAll(() => {
  const film = join(dir, 'flash.mov')
  makeFlashAndBeep(film, 12)
  mkdirSync(evidenceDir)
  // Sound is cut in whole frames: it is a little longer than its pictures.
  const take = (seconds: number, sound: string) =>
    `-t ${seconds} -i ${film} -map 0:v -c:v copy ${sound} -af apad=whole_dur=${seconds + 0.08}`.split(' ')
  // Camera 1 is silent. Camera 2 has sound for 3 s, then a hole of 4 s, then three segments without a break. Camera 3 begins half a second off.
  writeSegment(recordingsDir, 'c1', START, take(8, '-an'))
  for (const at of [2_000, 9_000, 12_000, 15_000])
    writeSegment(recordingsDir, 'c2', START + at, take(3, '-map 0:a -c:a flac -strict -2'))
  writeSegment(recordingsDir, 'c3', START + 500, take(5, '-map 0:a -c:a aac -ar 48000'))
})

interface Made {
  readonly files: readonly MadeFile[]
  readonly missing: readonly ExportMissing[]
  at(entry: string): string
}

/** A bundle of the three cameras, unpacked by a program that is not ours. */
async function made(name: string, wish: Partial<ExportPlan>): Promise<Made> {
  const ranges = ['c1', 'c2', 'c3'].map(cameraId => ({
    ...{ cameraId: id<never>(cameraId), name: cameraId, place: '' },
    ...{ fromMs: START, toMs: START + 18_000 }
  }))
  const plan: ExportPlan = { id: `export-${name}`, items: [], ranges, utcOffsetMin: 480, ...wish }
  let told: Omit<Made, 'at'> = { files: [], missing: [] }
  const { file } = await runJob({
    ...{ plan, settings, clock: systemClock, media: createRecordedMedia(recordingsDir) },
    abort: new AbortController().signal,
    progress: () => undefined,
    async texts(files, missing) {
      told = { files, missing }
      return []
    }
  })
  const out = join(dir, name)
  execFileSync('python3', ['-m', 'zipfile', '-e', join(evidenceDir, file), out])
  expect(readdirSync(evidenceDir).filter(each => each.endsWith('.work'))).toEqual([])
  return { ...told, at: entry => join(out, entry) }
}

function near(found: readonly number[], wanted: readonly number[]): void {
  expect(found.map(ms => Math.round(ms / 100) * 100)).toEqual(wanted)
  for (const [n, ms] of found.entries()) expect(Math.abs(ms - (wanted[n] ?? 0))).toBeLessThan(STEP_MS)
}

const span = (from: number, to: number) => Array.from({ length: (to - from) / 1_000 }, (_, n) => from + n * 1_000)

it('side by side: the first camera with sound is heard while it is seen, silence before it and in its hole', async () => {
  const { files, missing, at } = await made('grid', { oneFile: 'grid' })
  expect(missing).toEqual([])
  const film = at('all-cameras.mp4')
  expect([await complaints(film), await codecsIn(film)]).toEqual(['', ['h264', 'aac']])
  const heard = [...span(2_000, 5_000), ...span(9_000, 18_000)]
  near(await beeps(film), heard)
  // Top right is its tile.
  near(await flashes(film, '600:200:660:60'), heard)
  expect((await probe(film)).durationS).toBeCloseTo(18, 1)
  const c2 = { cameraId: 'c2', cameraName: 'c2' }
  expect(files.find(each => each.role === 'joined')?.sound).toEqual([
    { ...c2, atMs: 2_000, fromMs: START + 2_000, toMs: START + 5_000 },
    { ...c2, atMs: 9_000, fromMs: START + 9_000, toMs: START + 18_000 }
  ])
})

it('side by side: the camera that was named, or nobody; one without sound is said to be missing', async () => {
  const third = await made('third', { oneFile: 'grid', oneFileSound: { cameraId: id<never>('c3') } })
  near(await beeps(third.at('all-cameras.mp4')), span(500, 5_500))
  const nobody = await made('nobody', { oneFile: 'grid', oneFileSound: 'none' })
  expect(await codecsIn(nobody.at('all-cameras.mp4'))).toEqual(['h264'])
  const first = await made('first', { oneFile: 'grid', oneFileSound: { cameraId: id<never>('c1') } })
  expect(await codecsIn(first.at('all-cameras.mp4'))).toEqual(['h264'])
  expect(first.missing).toEqual([{ what: 'all-cameras.mp4: sound of c1', why: 'none' }])
})

it('one after another: each camera with its own sound and clock, a hole is a card of three seconds', async () => {
  const { files, at } = await made('sequence', { oneFile: 'sequence' })
  const film = at('all-cameras.mp4')
  expect(await complaints(film)).toBe('')
  const joined = files.find(each => each.role === 'joined')
  // 8 s of camera 1, then camera 2 with its hole of its true length, since it lies within one recording, then camera 3.
  const second = [...span(8_000, 11_000), ...span(15_000, 24_000)]
  const third = span(24_000, 29_000)
  near(await beeps(film), [...second, ...third])
  near(
    (await flashes(film)).filter(ms => ms > 7_500),
    [...second, ...third]
  )
  expect(joined?.sound?.map(each => [each.cameraId, each.atMs, each.fromMs - START])).toEqual([
    ['c2', 8_000, 2_000],
    ['c2', 15_000, 9_000],
    ['c3', 24_000, 500]
  ])
})

it('each recording and its copy with text keep their sound, in step to the end of many segments', async () => {
  const { files, at } = await made('single', { burnIn: { time: true, address: true } })
  const [recording, burnt] = ['recording', 'burnIn'].map(role =>
    at(files.find(each => each.role === role && each.cameraId === 'c2')?.entry ?? '')
  )
  // Of what is there from the first moment on nobody can say when it began.
  const wanted = [...span(1_000, 3_000), ...span(7_000, 16_000)]
  for (const [film, codec] of [
    [recording, 'flac'],
    [burnt, 'aac']
  ] as const) {
    if (!film || !existsSync(film)) throw new Error('not in the bundle')
    expect([await complaints(film), await codecsIn(film)]).toEqual(['', ['h264', codec]])
    near(await beeps(film), wanted)
    near(await flashes(film), wanted)
  }
})
