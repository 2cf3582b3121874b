/** What is cut out of recordings: the picture track alone, true times, single keyframes; torn and foreign bytes harm nothing. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type CameraId, id } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { readPrft } from '../fmp4/fragment.ts'
import { encode } from '../testing/encode.ts'
import { RecordedFolder } from '../testing/recorded-folder.ts'
import { readVideoFragment } from './boxes.ts'
import { keyFragment, wholeFragment } from './cut.ts'
import { videoInit } from './init-parts.ts'
import { baseOf, PlayTime } from './play-time.ts'

const CAM = id<CameraId>('cam-1')
const T = Date.UTC(2026, 10, 21, 19, 0, 0)
let init: Buffer
let fragment: Buffer

beforeAll(async () => {
  const media = new RecordedFolder(tempDir('cut'))
  const pictures = encode({ seconds: 1, gop: 25, size: '160x90' })
  const file = readFileSync(media.add({ cameraId: CAM, startMs: T, pictures, durationMs: 1000 }))
  const [segment] = await media.segments(CAM, 'main', T, T + 1)
  const index = segment && (await media.index(segment))
  const first = index?.fragments[0]
  if (!index || !first) throw new Error('nothing was written')
  init = file.subarray(0, index.initBytes)
  fragment = file.subarray(first.offset, first.offset + first.bytes)
})

const tfdt = (bytes: Buffer) => Number(bytes.readBigUInt64BE(bytes.indexOf('tfdt') + 8))

it('moves a fragment to wall time minus the base, with its own wall clock in front', () => {
  const found = readVideoFragment(fragment, 1)
  if (!found) throw new Error('not read')
  expect(found).toMatchObject({ wallMs: T, baseTicks: 0 })
  expect(found.samples.map(sample => sample.key)).toEqual([true, ...Array<boolean>(9).fill(false)])
  const base = baseOf(T)
  expect([T - base > 86_400_000, T - base <= 2 * 86_400_000, baseOf(T + 1000)]).toEqual([true, true, base])
  const out = wholeFragment(found, new PlayTime(base), 7, T)
  expect([tfdt(out), readPrft(out)]).toEqual([(T - base) * 90, T])
  const key = keyFragment(found, new PlayTime(base), 8, T, T + 2000)
  const cut = key && readVideoFragment(key, 1)
  expect(cut?.samples).toHaveLength(1)
  expect(cut?.samples[0]?.duration).toBe(180_000)
  expect(keyFragment({ ...found, samples: found.samples.slice(1) }, new PlayTime(base), 9, T, T)).toBeUndefined()
})

it('closes what jitters up to 30 ms, keeps real holes, and never drifts further off', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -25, max: 25 }), { maxLength: 300 }), jitter => {
      const time = new PlayTime(0)
      let end: number | undefined
      jitter.forEach((by, i) => {
        const wallMs = 1_000_000 + i * 400 + by
        const at = time.place(wallMs, 400 * 90)
        expect(Math.abs(at - wallMs * 90)).toBeLessThanOrEqual(30 * 90)
        end = at
      })
      if (end !== undefined) expect(time.place(end / 90 + 400 + 5_000, 1)).toBe(end + 5_400 * 90)
    })
  )
})

describe('files of ffmpeg, with a sound track', () => {
  it('gives the pictures alone, in init and fragments', () => {
    const file = join(tempDir('sound'), 'a.mp4')
    const sources = '-f lavfi -i testsrc2=size=160x90:rate=25:duration=2 -f lavfi -i sine=duration=2'
    const flags = '-movflags frag_keyframe+empty_moov+default_base_moof -c:v libx264 -g 25 -bf 2 -c:a aac'
    execFileSync('ffmpeg', `-v error ${sources} ${flags} ${file}`.split(' '))
    const bytes = readFileSync(file)
    const moof = bytes.indexOf('moof') - 4
    const next = bytes.indexOf('moof', moof + 8) - 4
    const video = videoInit(bytes.subarray(0, moof))
    if (!video) throw new Error('no picture track')
    expect([video.bytes.includes('vide'), video.bytes.includes('soun'), video.bytes.includes('mvex')]).toEqual([
      true,
      false,
      true
    ])
    const found = readVideoFragment(bytes.subarray(moof, next), video.trackId)
    expect(found?.samples).toHaveLength(25)
    expect(found?.samples.filter(sample => sample.key)).toHaveLength(1)
  })
})

it('reads nothing out of what is torn, and never throws', () => {
  expect(readVideoFragment(fragment, 2)).toBeUndefined()
  fc.assert(
    fc.property(fc.nat(fragment.length - 1), fc.nat(255), fc.nat(600), (length, byte, at) => {
      expect(readVideoFragment(fragment.subarray(0, length), 1)).toBeUndefined()
      const damaged = Buffer.from(fragment)
      damaged[at] = byte
      readVideoFragment(damaged, 1)
      const head = Buffer.from(init)
      head[at % head.length] = byte
      videoInit(head)
    }),
    { numRuns: 500 }
  )
})
