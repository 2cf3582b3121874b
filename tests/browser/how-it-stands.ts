/** A wait that says, where it ends in vain, how the recordings on the page stand: a build machine shows no picture of it. */
import type { Page } from 'playwright-core'
import { until } from '../../gateway/testing/wait.ts'
import { PATIENCE_MS } from './pages.ts'

/** Runs in the page: its place, its clock, and each tile of recordings with its picture. */
const HOW_IT_STANDS = `(() => {
  const words = element => (element?.innerText ?? '').replace(/\\s+/g, ' ').trim()
  const videoOf = video => {
    const { currentTime, readyState, networkState, paused, seeking, error, buffered, videoWidth } = video
    const ranges = Array.from({ length: buffered.length }, (_, i) => buffered.start(i).toFixed(3) + '-' + buffered.end(i).toFixed(3))
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality()
    const { webkitDecodedFrameCount: decoded, webkitAudioDecodedByteCount: sound } = video
    return { currentTime, readyState, networkState, paused, seeking, error: error?.message, ranges: ranges.join(' '), videoWidth, totalVideoFrames, droppedVideoFrames, decoded, sound }
  }
  const tiles = [...document.querySelectorAll('.play-tile')].map(tile => ({
    ...tile.dataset,
    over: words(tile.querySelector('.tile-over, .tile-outline')),
    video: videoOf(tile.querySelector('video'))
  }))
  return JSON.stringify({
    page: location.pathname + location.search,
    nowMs: Date.now(),
    shows: document.visibilityState,
    playButton: words(document.querySelector('.pb-play')),
    clock: document.querySelector('.pb-time input')?.value,
    said: words(document.querySelector('.pb-said')),
    tiles
  })
})()`

/** As `until`; its error carries how the page stood. */
export async function untilOn<T>(
  page: Page,
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = PATIENCE_MS
): Promise<Exclude<T, undefined | false | null>> {
  try {
    return await until(what, probe, timeoutMs)
  } catch (error) {
    const stands = await page.evaluate<string>(HOW_IT_STANDS).catch(why => `the page does not answer: ${String(why)}`)
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${stands}`, { cause: error })
  }
}
