/** Draws the timeline: a ruler, and per camera what is recorded, held, missing and marked. */
import type { RecordingTimeline } from '../../../../gateway/core/wire.ts'
import { isAlarm, type Span, ticksOf, xOf } from './timeline-view.ts'

export const RULER_PX = 22
export const ROW_PX = 26

export interface TimelineScene {
  readonly span: Span
  readonly width: number
  readonly rows: readonly (RecordingTimeline | undefined)[]
  readonly selected: number
  readonly nowMs: number
  readonly zoneOffsetMs: number
  readonly inMs: number | undefined
  readonly outMs: number | undefined
  readonly text: (ms: number, seconds: boolean) => string
}

type Ink = CanvasRenderingContext2D

const COLOUR = {
  ground: '#0d1114',
  row: '#171d22',
  chosen: '#1e262d',
  line: '#232b32',
  text: '#aeb8c1',
  span: '#64757f',
  event: '#8fa3b0',
  held: '#eaeef1',
  hatch: '#2a333b',
  alarm: '#ff7a70',
  motion: '#b9a3f2',
  marked: 'rgb(234 238 241 / 22%)'
} as const

export function drawTimeline(ink: Ink, scene: TimelineScene): void {
  const { width, rows } = scene
  ink.fillStyle = COLOUR.ground
  ink.fillRect(0, 0, width, RULER_PX + rows.length * ROW_PX)
  drawRuler(ink, scene)
  rows.forEach((row, i) => {
    drawRow(ink, scene, row, i)
  })
  drawMarked(ink, scene)
}

function drawRuler(ink: Ink, scene: TimelineScene): void {
  const { span, width, rows } = scene
  ink.font = '12px "Noto Sans SC Variable", sans-serif'
  ink.textBaseline = 'middle'
  for (const { atMs, seconds } of ticksOf(span, width, scene.zoneOffsetMs)) {
    const x = Math.round(xOf(atMs, span, width)) + 0.5
    ink.fillStyle = COLOUR.line
    ink.fillRect(x, 0, 1, RULER_PX + rows.length * ROW_PX)
    ink.fillStyle = COLOUR.text
    if (x > 4 && x < width - 58) ink.fillText(scene.text(atMs, seconds), x + 4, RULER_PX / 2)
  }
}

function drawRow(ink: Ink, scene: TimelineScene, row: RecordingTimeline | undefined, index: number): void {
  const { span, width } = scene
  const top = RULER_PX + index * ROW_PX
  const box = (fromMs: number, toMs: number, y: number, height: number) => {
    const [x1, x2] = [Math.max(0, xOf(fromMs, span, width)), Math.min(width, xOf(toMs, span, width))]
    if (x2 > x1) ink.fillRect(x1, y, Math.max(1, x2 - x1), height)
  }
  ink.fillStyle = index === scene.selected ? COLOUR.chosen : COLOUR.row
  ink.fillRect(0, top + 2, width, ROW_PX - 4)
  if (!row) return
  hatch(ink, 0, Math.min(width, xOf(scene.nowMs, span, width)), top + 6, ROW_PX - 12)
  for (const each of row.spans) {
    ink.fillStyle = each.cause === 'event' ? COLOUR.event : COLOUR.span
    box(each.fromMs, each.toMs, top + 6, ROW_PX - 12)
    ink.fillStyle = COLOUR.held
    if (each.held) box(each.fromMs, each.toMs, top + ROW_PX - 7, 2)
  }
  drawMarks(ink, scene, row.marks, top)
}

/** Motion below and first, alarms above and over it: whatever moves, an alarm is never hidden. */
function drawMarks(ink: Ink, { span, width }: TimelineScene, marks: RecordingTimeline['marks'], top: number): void {
  let lastX = Number.NEGATIVE_INFINITY
  ink.fillStyle = COLOUR.motion
  for (const mark of marks) {
    const x = Math.round(xOf(mark.atMs, span, width))
    // Of a windy day one diamond beside the other, not thousands upon each other.
    if (isAlarm(mark) || x - lastX < 3) continue
    lastX = x
    diamond(ink, x, top + ROW_PX - 7)
  }
  ink.fillStyle = COLOUR.alarm
  for (const mark of marks.filter(isAlarm)) {
    const x = Math.round(xOf(mark.atMs, span, width))
    triangle(ink, x, top + 3)
    ink.fillRect(x, top + 3, 2, ROW_PX - 6)
  }
}

/** An alarm is told by its shape, not by its colour alone. */
function triangle(ink: Ink, x: number, y: number): void {
  ink.beginPath()
  ink.moveTo(x - 4, y)
  ink.lineTo(x + 6, y)
  ink.lineTo(x + 1, y + 7)
  ink.fill()
}

function diamond(ink: Ink, x: number, y: number): void {
  ink.beginPath()
  ink.moveTo(x - 4, y)
  ink.lineTo(x, y - 4)
  ink.lineTo(x + 4, y)
  ink.lineTo(x, y + 4)
  ink.fill()
}

function hatch(ink: Ink, from: number, to: number, top: number, height: number): void {
  if (to <= from) return
  ink.save()
  ink.beginPath()
  ink.rect(from, top, to - from, height)
  ink.clip()
  ink.strokeStyle = COLOUR.hatch
  ink.lineWidth = 2
  ink.beginPath()
  for (let x = from - height; x < to; x += 8) {
    ink.moveTo(x, top + height)
    ink.lineTo(x + height, top)
  }
  ink.stroke()
  ink.restore()
}

function drawMarked(ink: Ink, scene: TimelineScene): void {
  const { span, width, rows, inMs, outMs } = scene
  const height = RULER_PX + rows.length * ROW_PX
  ink.fillStyle = COLOUR.marked
  if (inMs !== undefined && outMs !== undefined) {
    const x = xOf(inMs, span, width)
    ink.fillRect(x, 0, xOf(outMs, span, width) - x, height)
  }
  ink.fillStyle = COLOUR.held
  for (const ms of [inMs, outMs]) if (ms !== undefined) ink.fillRect(Math.round(xOf(ms, span, width)), 0, 1, height)
}
