/** Play, step, jump and speed of a clip's video element; the decisions are plain functions. */
import { type RefObject, useCallback, useEffect, useState } from 'react'

export type ClipKey = 'toggle' | 'back5' | 'forward5' | 'frameBack' | 'frameForward' | 'slower' | 'faster' | 'speed'

const SPEEDS = [0.25, 0.5, 1, 2, 4] as const

/** The next speed up or down the list; at its ends it stays. */
export function nextSpeed(current: number, direction: 1 | -1): number {
  const found = SPEEDS.findIndex(speed => speed >= current)
  const index = found < 0 ? SPEEDS.length - 1 : found
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index + direction))] ?? 1
}

/** The speed after a press of the one speed button: up the list, then around. */
export function cycleSpeed(current: number): number {
  return current >= (SPEEDS.at(-1) ?? 1) ? SPEEDS[0] : nextSpeed(current, 1)
}

/** By physical key, so that a Chinese input method does not swallow it; Space belongs to 接警 and is not taken. */
export function clipKeyOf(event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'metaKey'>): ClipKey | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined
  switch (event.code) {
    case 'KeyK':
      return 'toggle'
    case 'ArrowLeft':
      return 'back5'
    case 'ArrowRight':
      return 'forward5'
    case 'Comma':
      return 'frameBack'
    case 'Period':
      return 'frameForward'
    case 'Minus':
      return 'slower'
    case 'Equal':
      return 'faster'
    default:
      return undefined
  }
}

/** Where a jump lands, seconds, inside the clip. */
export function jumpTo(currentTime: number, delta: number, duration: number): number {
  const end = Number.isFinite(duration) ? Math.max(0, duration - 0.001) : currentTime
  return Math.min(end, Math.max(0, currentTime + delta))
}

export interface ClipControl {
  readonly playing: boolean
  /** Seconds of media. */
  readonly time: number
  readonly duration: number
  readonly speed: number
  readonly act: (key: ClipKey) => void
  readonly seek: (seconds: number) => void
}

/** A step of one picture at 25 a second, s; at fewer a second two steps may show the same picture. */
const FRAME_S = 0.04

export function useClipControl(video: RefObject<HTMLVideoElement | null>, ready: boolean): ClipControl {
  const [view, setView] = useState({ playing: false, time: 0, duration: 0, speed: 1 })

  useEffect(() => {
    const element = video.current
    if (!ready || !element) return
    const read = () =>
      setView({
        playing: !element.paused,
        time: element.currentTime,
        duration: Number.isFinite(element.duration) ? element.duration : 0,
        speed: element.playbackRate
      })
    const names = ['play', 'pause', 'timeupdate', 'seeked', 'ratechange', 'loadedmetadata', 'durationchange'] as const
    for (const name of names) element.addEventListener(name, read)
    read()
    return () => {
      for (const name of names) element.removeEventListener(name, read)
    }
  }, [video, ready])

  const seek = useCallback(
    (seconds: number) => {
      const element = video.current
      if (element) element.currentTime = jumpTo(seconds, 0, element.duration)
    },
    [video]
  )
  const act = useCallback(
    (key: ClipKey) => {
      if (video.current) apply(video.current, key)
    },
    [video]
  )
  return { ...view, act, seek }
}

function apply(element: HTMLVideoElement, key: ClipKey): void {
  const jump = (delta: number) => {
    element.currentTime = jumpTo(element.currentTime, delta, element.duration)
  }
  switch (key) {
    case 'toggle':
      if (element.paused) void element.play().catch(() => undefined)
      else element.pause()
      break
    case 'back5':
      jump(-5)
      break
    case 'forward5':
      jump(5)
      break
    case 'frameBack':
      element.pause()
      jump(-FRAME_S)
      break
    case 'frameForward':
      element.pause()
      jump(FRAME_S)
      break
    case 'slower':
      element.playbackRate = nextSpeed(element.playbackRate, -1)
      break
    case 'faster':
      element.playbackRate = nextSpeed(element.playbackRate, 1)
      break
    case 'speed':
      element.playbackRate = cycleSpeed(element.playbackRate)
      break
  }
}
