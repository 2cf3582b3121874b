/** When a video element is told to jump. */
import { expect, it } from 'vitest'
import { type SteeredVideo, VideoFollower } from './play-follower.ts'
import type { PlaySession } from './play-session.ts'

/** A decoder that is still on its way; every picture lasts 40 ms. */
function bench(spans: readonly (readonly [number, number])[]) {
  const asked: number[] = []
  let ranges = spans
  let stands = 0
  const video = {
    get currentTime() {
      return stands
    },
    set currentTime(time: number) {
      asked.push(time)
      stands = time
    },
    ...{ playbackRate: 1, paused: true, seeking: true, readyState: 1, pause: () => undefined },
    play: async () => undefined,
    get buffered() {
      return {
        length: ranges.length,
        start: (n: number) => ranges[n]?.[0] ?? 0,
        end: (n: number) => ranges[n]?.[1] ?? 0
      }
    }
  }
  const session = {
    mediaTime: (atMs: number) => atMs / 1_000,
    at: (atMs: number) => ({ kind: 'frame', frame: { at: atMs / 1_000, until: atMs / 1_000 + 0.04, wallMs: atMs } })
  }
  const follower = new VideoFollower(video as SteeredVideo, session as unknown as PlaySession)
  const buffer = (next: typeof spans) => {
    ranges = next
  }
  return { video, asked, follower, buffer }
}

it('a decoder that is on its way to a picture is not asked again before it has answered', () => {
  const { video, asked, follower } = bench([[0, 60]])
  video.currentTime = 10
  follower.follow(20_000, 8)
  follower.follow(21_000, 0)
  expect(asked).toEqual([10])
  video.seeking = false
  follower.follow(21_000, 0)
  expect(asked).toEqual([10, 21])
})

it('one that is on its way to what is buffered no more goes where the clock is', () => {
  const { video, asked, follower, buffer } = bench([[0, 30]])
  video.currentTime = 29
  follower.follow(50_000, 8)
  expect(asked).toEqual([29])
  // The clock ran ahead: what it was on its way to was forgotten, and what comes lies behind a gap.
  buffer([])
  follower.follow(50_000, 8)
  buffer([[269, 300]])
  follower.follow(270_000, 0)
  expect(asked).toEqual([29, 50, 270])
})
