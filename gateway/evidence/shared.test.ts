/** Pictures shared by incidents of the same moment: taken once, and never an old one for a new incident. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { ClipResult } from '../core/media.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createShared } from './shared.ts'

const CAMERA = id<CameraId>('c1')

function bench() {
  const clock = createFakeClock()
  const shared = createShared(clock)
  let taken = 0
  const take = async () => {
    await shared.take('still', CAMERA, 1_000, async () => {
      taken += 1
      return {} as ClipResult
    })
    return taken
  }
  return { clock, take }
}

it('of one moment is one picture, of the next another', async () => {
  const { clock, take } = bench()
  expect([await take(), await take()]).toEqual([1, 1])
  await clock.advance(1_001)
  expect(await take()).toBe(2)
})

it.each([-3_600_000, 3_600_000])(
  'a clock that is set by %i ms hands out no old picture, and takes none twice',
  async byMs => {
    const { clock, take } = bench()
    expect(await take()).toBe(1)
    clock.set(byMs)
    expect(await take()).toBe(1)
    await clock.advance(1_001)
    expect(await take()).toBe(2)
  }
)
