/** Sound of one file after another on the player's time line. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AudioFormat } from '../audio/format.ts'
import type { AudioRun } from '../fmp4/audio-run.ts'
import { audioInitSegment } from '../fmp4/init.ts'
import { SoundLine } from './sound-line.ts'

const FLAC: AudioFormat = { encoding: 'pcmu', rate: 8000, channels: 1, blockTicks: 160, codec: 'flac' }
const AAC: AudioFormat = {
  ...{ encoding: 'aac', rate: 16_000, channels: 2, blockTicks: 1024, codec: 'mp4a.40.2' },
  config: Buffer.from('1410', 'hex')
} as const
const frame = Buffer.from('sound')
const run = (baseTicks: number, count: number, { blockTicks }: AudioFormat): AudioRun => ({
  ...{ baseTicks, blockTicks },
  frames: Array.from({ length: count }, () => frame)
})

it.each([FLAC, AAC])(
  'is end to end whatever a file lacks at its end, and never off by more than half a frame: $codec',
  format => {
    const init = audioInitSegment(format)
    const { blockTicks, rate } = format
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -Math.floor(rate * 0.19), max: rate * 1.9 }), { maxLength: 40 }),
        holes => {
          const line = new SoundLine()
          let at = rate * 10
          let end: number | undefined
          for (const hole of [0, ...holes]) {
            at += hole
            const placed = line.place(run(at, 30, format), init)
            if (!placed) throw new Error('nothing is left of 30 frames')
            if (end !== undefined) expect(placed.baseTicks).toBe(end)
            const real = placed.baseTicks + (placed.frames.length - 30) * blockTicks
            expect(Math.abs(real - at)).toBeLessThanOrEqual(blockTicks / 2)
            end = placed.baseTicks + placed.frames.length * blockTicks
            at += 30 * blockTicks
          }
        }
      )
    )
  }
)

it('leaves a long hole, a clock that was set back and another format as they are', () => {
  const line = new SoundLine()
  const flac = audioInitSegment(FLAC)
  expect(line.place(run(8000, 5, FLAC), flac)?.baseTicks).toBe(8000)
  expect(line.place(run(8000 + 800 + 24_000, 5, FLAC), flac)?.frames).toHaveLength(5)
  expect(line.place(run(16_000, 5, FLAC), flac)).toMatchObject({ baseTicks: 16_000, frames: { length: 5 } })
  expect(line.place(run(16_640, 1, FLAC), flac)).toBeUndefined()
  expect(line.place(run(40_000, 5, AAC), audioInitSegment(AAC))?.baseTicks).toBe(40_000)
  expect(line.place(run(50_000, 5, FLAC), Buffer.from('no init of ours'))?.baseTicks).toBe(50_000)
})
