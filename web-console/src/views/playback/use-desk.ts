/** The state of the playback page: cameras, clock, visible time, marks; kept in the address, so that a reload loses nothing. */
import { useEffect, useMemo, useState } from 'react'
import { Director } from '../../player/play-director.ts'
import { serverNowMs } from '../../state/clock.ts'
import { MAX_CAMERAS, type PlaybackLink, playbackPath, readLink } from './link.ts'
import { around, bounded, following, type Span } from './timeline-view.ts'

const FIRST_SPAN_MS = 3_600_000
/** Without a wish: a minute ago, which is recorded already. */
const FIRST_BACK_MS = 60_000
const KEEP_MS = 1_000

export interface Desk {
  readonly director: Director
  readonly cameras: readonly string[]
  /** Another address: its cameras, time and incident. */
  readonly open: (link: PlaybackLink & { readonly atMs: number }) => void
  readonly toggle: (cameraId: string) => void
  readonly selected: number
  readonly select: (index: number) => void
  readonly incidentId: string | undefined
  readonly span: Span
  readonly setSpan: (span: Span) => void
  readonly inMs: number | undefined
  readonly outMs: number | undefined
  readonly mark: (which: 'in' | 'out' | 'none') => void
}

export function useDesk(): Desk {
  const [link, setLink] = useState(() => readLink(location.search, serverNowMs()))
  const [director] = useState(
    () => new Director(link.atMs ?? serverNowMs() - FIRST_BACK_MS, () => performance.now(), serverNowMs)
  )
  const [cameras, setCameras] = useState(link.cameras)
  const [selected, setSelected] = useState(0)
  const [span, setSpan] = useState(() => around(director.atMs, FIRST_SPAN_MS, serverNowMs()))
  const [marks, setMarks] = useState<{ readonly inMs?: number; readonly outMs?: number }>({})
  useTicks(director)
  useKeptInAddress(director, cameras, link.incidentId)
  useFollowing(director, setSpan)

  return useMemo(
    () => ({
      director,
      cameras,
      open: next => {
        setLink(next)
        setCameras(next.cameras)
        setSpan(around(next.atMs, FIRST_SPAN_MS, serverNowMs()))
        director.seek(next.atMs)
      },
      toggle: cameraId =>
        setCameras(before =>
          before.includes(cameraId)
            ? before.filter(each => each !== cameraId)
            : [...before, cameraId].slice(0, MAX_CAMERAS)
        ),
      selected: Math.min(selected, Math.max(0, cameras.length - 1)),
      select: setSelected,
      incidentId: link.incidentId,
      span,
      setSpan: next => setSpan(bounded(next, serverNowMs())),
      inMs: marks.inMs,
      outMs: marks.outMs,
      mark: which => setMarks(before => markedAt(before, which, director.atMs))
    }),
    [director, cameras, selected, span, marks, link.incidentId]
  )
}

type Marks = { readonly inMs?: number; readonly outMs?: number }

/** Less is no range: the dialog tells times by the second. */
export const MIN_RANGE_MS = 1_000

/** An end before its beginning turns the range round. */
export function markedAt(before: Marks, which: 'in' | 'out' | 'none', atMs: number): Marks {
  if (which === 'none') return {}
  if (which === 'in')
    return before.outMs !== undefined && before.outMs >= atMs + MIN_RANGE_MS
      ? { ...before, inMs: atMs }
      : { inMs: atMs }
  if (before.inMs === undefined || Math.abs(before.inMs - atMs) < MIN_RANGE_MS) return before
  return before.inMs < atMs ? { inMs: before.inMs, outMs: atMs } : { inMs: atMs, outMs: before.inMs }
}

function useTicks(director: Director): void {
  useEffect(() => {
    let handle = 0
    const tick = () => {
      director.tick()
      handle = requestAnimationFrame(tick)
    }
    tick()
    return () => cancelAnimationFrame(handle)
  }, [director])
}

function useKeptInAddress(director: Director, cameras: readonly string[], incidentId: string | undefined): void {
  useEffect(() => {
    const keep = () => {
      const path = playbackPath({ cameras, atMs: director.atMs, ...(incidentId === undefined ? {} : { incidentId }) })
      if (location.pathname === '/playback') history.replaceState(null, '', path)
    }
    keep()
    const timer = setInterval(keep, KEEP_MS)
    return () => clearInterval(timer)
  }, [director, cameras, incidentId])
}

/** The visible part of time goes with the clock while it plays or jumps, never under a hand that searches. */
function useFollowing(director: Director, setSpan: (change: (span: Span) => Span) => void): void {
  useEffect(() => {
    let lastMs = director.atMs
    const timer = setInterval(() => {
      const moved = director.atMs !== lastMs
      lastMs = director.atMs
      if (moved && !director.view.scrubbing) setSpan(span => following(span, director.atMs, serverNowMs()))
    }, 250)
    return () => clearInterval(timer)
  }, [director, setSpan])
}
