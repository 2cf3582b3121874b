/** Where and when each picture lies in the one file of all cameras: a grid under one clock, or one camera after another; pure. */
import type { MediaGap } from '../../core/media.ts'
import { clockTexts, GRID_HEIGHT, GRID_WIDTH, localTime, type PictureText } from './subtitles.ts'

/** Pixels of the made file. */
export const CANVAS_WIDTH = 1280
export const CANVAS_HEIGHT = 720
/** In a row one after another a gap is a card of this length. */
const CARD_MS = 3_000
/** A shorter gap is a picture that stands still for a moment. */
const SHOWN_GAP_MS = 1_000
const MAX_CARDS = 40

export interface CanvasSource {
  readonly path: string
  readonly cameraId: string
  readonly cameraName: string
  readonly fromMs: number
  readonly toMs: number
  readonly gaps: readonly MediaGap[]
  readonly hasSound: boolean
}

/** A file drawn at `x, y` from `startMs` of the made file on, seen only in its stretches. */
export interface Placement {
  readonly source: CanvasSource
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly startMs: number
  readonly seen: readonly { readonly fromMs: number; readonly toMs: number }[]
}

export interface Canvas {
  readonly durationMs: number
  readonly fps: number
  readonly placements: readonly Placement[]
  readonly texts: readonly PictureText[]
  /** Wall time of its first and last moment. */
  readonly fromMs: number
  readonly toMs: number
}

interface Tile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** All cameras side by side, 2 × 2, 3 × 3 or 4 × 4, the same moment everywhere. */
export function gridCanvas(sources: readonly CanvasSource[], utcOffsetMin: number): Canvas {
  const fromMs = Math.min(...sources.map(source => source.fromMs))
  const toMs = Math.max(...sources.map(source => source.toMs))
  const cameras = byCamera(sources)
  const side = Math.ceil(Math.sqrt(cameras.length))
  const placements: Placement[] = []
  const texts: PictureText[] = []
  for (const [n, camera] of cameras.entries()) {
    const tile = tileOf(n, side)
    const seen: MediaGap[] = []
    for (const source of camera) {
      const stretches = stretchesOf(source)
      seen.push(...stretches)
      placements.push({
        ...tile,
        source,
        startMs: source.fromMs - fromMs,
        seen: shifted(stretches, -fromMs)
      })
    }
    texts.push({
      ...anchored(tile, 0.03, 0.95, 1),
      fromMs: 0,
      toMs: toMs - fromMs,
      size: 34 / side + 8,
      text: camera[0]?.cameraName ?? ''
    })
    for (const gap of gapsBetween(seen, fromMs, toMs))
      texts.push({
        ...cardOf(tile, gap, utcOffsetMin, 40 / side + 8),
        fromMs: gap.fromMs - fromMs,
        toMs: gap.toMs - fromMs
      })
  }
  const stretch = { fromMs: 0, toMs: toMs - fromMs, wallMs: fromMs, utcOffsetMin }
  texts.push(...clockTexts(stretch, { x: GRID_WIDTH / 2, y: 12, anchor: 8, size: 30 }))
  return { durationMs: toMs - fromMs, fps: 15, placements, texts, fromMs, toMs }
}

/** One camera after another, in full size; each with its own clock, each gap a short card. */
export function sequenceCanvas(sources: readonly CanvasSource[], utcOffsetMin: number): Canvas {
  const tile = tileOf(0, 1)
  const placements: Placement[] = []
  const texts: PictureText[] = []
  let at = 0
  for (const camera of byCamera(sources)) {
    const beginMs = at
    let lastMs: number | undefined
    for (const source of camera) {
      if (lastMs !== undefined && source.fromMs > lastMs + SHOWN_GAP_MS) {
        const card = cardOf(tile, { fromMs: lastMs, toMs: source.fromMs }, utcOffsetMin, 48)
        texts.push({ ...card, fromMs: at, toMs: at + CARD_MS })
        at += CARD_MS
      }
      const durationMs = source.toMs - source.fromMs
      const startMs = at
      const seen = shifted(stretchesOf(source), startMs - source.fromMs)
      placements.push({ ...tile, source, startMs, seen })
      const stretch = { fromMs: startMs, toMs: startMs + durationMs, wallMs: source.fromMs, utcOffsetMin }
      texts.push(...clockTexts(stretch, { x: GRID_WIDTH - 24, y: 24, anchor: 9, size: 36 }))
      for (const gap of gapsBetween(stretchesOf(source), source.fromMs, source.toMs))
        texts.push({
          ...cardOf(tile, gap, utcOffsetMin, 48),
          fromMs: startMs + gap.fromMs - source.fromMs,
          toMs: startMs + gap.toMs - source.fromMs
        })
      at += durationMs
      lastMs = source.toMs
    }
    texts.push({
      ...anchored(tile, 0.02, 0.97, 1),
      fromMs: beginMs,
      toMs: at,
      size: 36,
      text: camera[0]?.cameraName ?? ''
    })
  }
  const fromMs = Math.min(...sources.map(source => source.fromMs))
  const toMs = Math.max(...sources.map(source => source.toMs))
  return { durationMs: at, fps: 25, placements, texts, fromMs, toMs }
}

function byCamera(sources: readonly CanvasSource[]): readonly (readonly CanvasSource[])[] {
  const cameras = Map.groupBy(sources, source => source.cameraId)
  return [...cameras.values()].map(list => list.toSorted((a, b) => a.fromMs - b.fromMs))
}

function tileOf(n: number, side: number): Tile {
  const [width, height] = [CANVAS_WIDTH / side, CANVAS_HEIGHT / side].map(length => Math.floor(length / 2) * 2)
  return {
    x: (n % side) * (width ?? 0),
    y: Math.floor(n / side) * (height ?? 0),
    width: width ?? 0,
    height: height ?? 0
  }
}

/** A point of a tile on the grid of texts. */
function anchored(tile: Tile, right: number, down: number, anchor: number): Pick<PictureText, 'x' | 'y' | 'anchor'> {
  const x = ((tile.x + tile.width * right) / CANVAS_WIDTH) * GRID_WIDTH
  const y = ((tile.y + tile.height * down) / CANVAS_HEIGHT) * GRID_HEIGHT
  return { x, y, anchor }
}

function cardOf(tile: Tile, gap: MediaGap, utcOffsetMin: number, size: number): Omit<PictureText, 'fromMs' | 'toMs'> {
  const time = (ms: number) => localTime(ms, utcOffsetMin).slice(11)
  return { ...anchored(tile, 0.5, 0.5, 5), size, text: `无录像 ${time(gap.fromMs)}–${time(gap.toMs)}` }
}

/** Where a source has pictures; of very many gaps the longest are shown. */
export function stretchesOf(source: CanvasSource): readonly MediaGap[] {
  const gaps = source.gaps
    .filter(gap => gap.toMs - gap.fromMs >= SHOWN_GAP_MS)
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, MAX_CARDS)
  return gapsBetween(gaps, source.fromMs, source.toMs)
}

/** What the stretches leave of an interval. */
function gapsBetween(stretches: readonly MediaGap[], fromMs: number, toMs: number): readonly MediaGap[] {
  const gaps: MediaGap[] = []
  let at = fromMs
  for (const stretch of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (stretch.fromMs - at >= SHOWN_GAP_MS) gaps.push({ fromMs: at, toMs: stretch.fromMs })
    at = Math.max(at, stretch.toMs)
  }
  if (toMs - at >= SHOWN_GAP_MS) gaps.push({ fromMs: at, toMs })
  return gaps
}

function shifted(stretches: readonly MediaGap[], byMs: number): readonly MediaGap[] {
  return stretches.map(({ fromMs, toMs }) => ({ fromMs: fromMs + byMs, toMs: toMs + byMs }))
}
