/** What a killed worker's file still says: where it ends, and everything that is missing of it. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { buildFragment, markAfterGap, type Sample } from '../fmp4/fragment.ts'
import { openPartFile } from './part-file.ts'

const DATA = Buffer.from([0, 0, 0, 1, 0x65])
const START = 1_700_000_000_000
const frame = (ms = 40, more: Partial<Sample> = {}): Sample => ({
  data: DATA,
  duration: ms * 90,
  cts: 0,
  key: true,
  ...more
})
const fragmentAt = (sequence: number, ms: number, samples: readonly Sample[]) =>
  buildFragment({ sequence, baseTicks: ms * 90, wallMs: START + ms }, samples)

it('states again what was missing: between fragments, inside one, and a single lost frame', async () => {
  const dir = tempDir('part-file')
  const path = join(dir, 'clip.part')
  const seam = fragmentAt(4, 1540, [frame(), frame()])
  markAfterGap(seam)
  const parts = [
    fragmentAt(1, 0, [frame(), frame(), frame()]),
    // 880 ms between two fragments.
    fragmentAt(2, 1000, [frame(), frame(), frame()]),
    // A pause of 240 ms inside: its picture stood for 280 ms. Then one frame lost, of 40 ms.
    fragmentAt(3, 1120, [frame(280), frame(80), frame(40, { afterGap: true })]),
    // Less than any pause, but the recorder knew it: 20 ms that were never seen.
    seam
  ]
  appendFileSync(path, Buffer.concat(parts))
  // The tail of a fragment that was being written.
  appendFileSync(path, fragmentAt(5, 1620, [frame()]).subarray(0, 60))
  const { file, continuation } = await openPartFile(dir, 'clip.part')
  await file.close()
  expect(continuation).toMatchObject({ firstWallMs: START, endWallMs: START + 1620, nextSequence: 5 })
  expect(continuation?.missing.gapMs).toBeCloseTo(1180, 3)
  const gaps = continuation?.missing.gaps.map(({ fromMs, toMs }) => [fromMs - START, toMs - START])
  expect(gaps).toEqual([
    [120, 1000],
    [1160, 1400],
    [1440, 1480],
    [1520, 1540]
  ])
})
