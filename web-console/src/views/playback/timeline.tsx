/** The timeline of all shown cameras: the wheel zooms, a drag searches, the line is the clock. The same by keys. */
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordingTimeline } from '../../../../gateway/core/wire.ts'
import type { Director } from '../../player/play-director.ts'
import { serverNowMs } from '../../state/clock.ts'
import { scaleNow } from '../../ui/scale.ts'
import { clockText } from '../../ui/time.ts'
import { zoneOffsetMs } from './site-time.ts'
import { drawTimeline, ROW_PX, RULER_PX } from './timeline-draw.ts'
import { msOf, type Span, xOf, zoomed } from './timeline-view.ts'

export interface TimelineRow {
  readonly id: string
  readonly name: string
  readonly timeline: RecordingTimeline | undefined
}

export interface TimelineProps {
  readonly director: Director
  readonly rows: readonly TimelineRow[]
  readonly selected: number
  readonly onSelect: (index: number) => void
  readonly span: Span
  readonly onSpan: (span: Span) => void
  readonly inMs: number | undefined
  readonly outMs: number | undefined
  readonly zone: string
}

export function Timeline(props: TimelineProps) {
  const { director, rows, selected, onSelect, span, onSpan } = props
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const width = useWidth(canvas)
  const height = RULER_PX + rows.length * ROW_PX
  useDrawing(canvas, props, width, height)
  usePlayhead(head, director, span, width)
  useWheel(canvas, event => {
    const at = msOf(event.offsetX, span, width)
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    const length = span.toMs - span.fromMs
    const byMs = Math.sign(event.deltaX || event.deltaY) * length * 0.15
    onSpan(
      sideways
        ? { fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }
        : zoomed(span, event.deltaY < 0 ? 0.8 : 1.25, at, serverNowMs())
    )
  })

  const search = (event: PointerEvent<HTMLCanvasElement>) =>
    director.scrub(msOf((event.clientX - event.currentTarget.getBoundingClientRect().left) / scaleNow(), span, width))
  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const y = (event.clientY - event.currentTarget.getBoundingClientRect().top) / scaleNow()
    const row = Math.floor((y - RULER_PX) / ROW_PX)
    if (rows[row]) onSelect(row)
    search(event)
  }
  const up = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    event.currentTarget.releasePointerCapture(event.pointerId)
    director.drop()
  }
  return (
    <div className="pb-timeline" style={{ height }}>
      {rows.length > 0 && <Legend />}
      <ol className="pb-rows" style={{ paddingTop: RULER_PX }}>
        {rows.map((row, i) => (
          <li key={row.id} style={{ height: ROW_PX }}>
            <button type="button" className="el" aria-pressed={i === selected} onClick={() => onSelect(i)}>
              {row.name}
            </button>
          </li>
        ))}
      </ol>
      <div className="pb-canvas">
        <canvas
          ref={canvas}
          role="img"
          aria-label={t('playback:timeline')}
          onPointerDown={down}
          onPointerMove={event => event.currentTarget.hasPointerCapture(event.pointerId) && search(event)}
          onPointerUp={up}
          onPointerCancel={up}
        />
        <div ref={head} className="pb-head" style={{ height }} />
      </div>
    </div>
  )
}

/** In the corner beside the ruler, in the shapes that the rows show. */
function Legend() {
  const { t } = useTranslation()
  return (
    <ul className="pb-legend row g8" aria-label={t('playback:legend')} style={{ height: RULER_PX }}>
      <li data-kind="alarm">{t('playback:mark.alarm')}</li>
      <li data-kind="motion">{t('playback:mark.motion')}</li>
    </ul>
  )
}

function useWidth(canvas: { readonly current: HTMLCanvasElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const box = canvas.current?.parentElement
    if (!box) return
    const observer = new ResizeObserver(() => setWidth(box.clientWidth))
    observer.observe(box)
    setWidth(box.clientWidth)
    return () => observer.disconnect()
  }, [canvas])
  return width
}

function useDrawing(
  canvas: { readonly current: HTMLCanvasElement | null },
  { rows, selected, span, inMs, outMs, zone }: TimelineProps,
  width: number,
  height: number
): void {
  useEffect(() => {
    const element = canvas.current
    const ink = element?.getContext('2d')
    if (!element || !ink || width === 0) return
    const ratio = window.devicePixelRatio
    element.width = Math.round(width * ratio)
    element.height = Math.round(height * ratio)
    element.style.width = `${width}px`
    element.style.height = `${height}px`
    ink.setTransform(ratio, 0, 0, ratio, 0, 0)
    drawTimeline(ink, {
      ...{ span, width, selected, inMs, outMs },
      rows: rows.map(row => row.timeline),
      nowMs: serverNowMs(),
      zoneOffsetMs: zoneOffsetMs(span.fromMs, zone),
      text: (ms, seconds) => (seconds ? clockText(ms, zone) : clockText(ms, zone).slice(0, 5))
    })
  }, [canvas, rows, selected, span, inMs, outMs, zone, width, height])
}

/** The clock's line, moved past React: it changes with every picture of the screen. */
function usePlayhead(
  head: { readonly current: HTMLDivElement | null },
  director: Director,
  span: Span,
  width: number
): void {
  useEffect(() => {
    let handle = 0
    const draw = () => {
      const x = xOf(director.atMs, span, width)
      if (head.current) {
        head.current.style.transform = `translateX(${x}px)`
        head.current.hidden = x < 0 || x > width
      }
      handle = requestAnimationFrame(draw)
    }
    draw()
    return () => cancelAnimationFrame(handle)
  }, [head, director, span, width])
}

/** React's own wheel listeners cannot keep the page from scrolling. */
function useWheel(canvas: { readonly current: HTMLCanvasElement | null }, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel)
  latest.current = onWheel
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const listen = (event: WheelEvent) => {
      event.preventDefault()
      latest.current(event)
    }
    element.addEventListener('wheel', listen, { passive: false })
    return () => element.removeEventListener('wheel', listen)
  }, [canvas])
}
