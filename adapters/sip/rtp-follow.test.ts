/** One stream made of several: losses, order and wraps stay, a change of the source is one step on. */
import { expect, it } from 'vitest'
import { RtpFollow } from './rtp-follow.ts'

const packet = (sequence: number, ssrc = 1, timestamp = sequence * 160) => ({ sequence, timestamp, ssrc })

it('keeps a loss a loss, and what comes late late, also over the end of the numbers', () => {
  const follow = new RtpFollow()
  const first = follow.next(packet(65_534))
  const numbers = [65_535, 65_536 + 2, 65_536 + 1, 65_536 + 3].map(n =>
    follow.next({ sequence: n & 0xffff, timestamp: (n * 160) >>> 0, ssrc: 1 })
  )
  expect(numbers.map(({ sequence }) => sequence - first.sequence)).toEqual([1, 4, 3, 5])
  expect(numbers.map(({ timestamp }) => timestamp - first.timestamp)).toEqual([160, 640, 480, 800])
})

it('another stream, and one that begins anew, goes on where the last one was', () => {
  const follow = new RtpFollow()
  const first = follow.next(packet(100))
  expect([packet(9_000, 2), packet(9_001, 2), packet(20, 2), packet(21, 2)].map(each => follow.next(each))).toEqual(
    [1, 2, 3, 4].map(n => ({ sequence: first.sequence + n, timestamp: first.timestamp + n * 160 }))
  )
})
