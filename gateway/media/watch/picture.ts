/** What a tiny grey copy of a keyframe shows: black, white, covered, frozen or a picture. Pure; nothing in the picture is recognised. */
import type { PictureSign, PictureVerdict } from '../../core/camera-health.ts'

export const GREY_WIDTH = 64
export const GREY_HEIGHT = 36
export const GREY_BYTES = GREY_WIDTH * GREY_HEIGHT

/** Mean brightness (0 … 255) below and above which there is nothing to see, where it is even as well. */
const BLACK_MEAN = 10
const WHITE_MEAN = 245
/** A deviation below it is an even field; fog and snow have twice as much and more. */
const EVEN_DEVIATION = 4
/** Mean step between neighbours: a hand or paint close to the lens has soft shades and no edges. */
const EDGELESS = 0.35
/** A live sensor changes hundreds of the 2,304 averages from one keyframe to the next, a repeated picture none. */
const SAME_PIXELS = 2
const SAME_LENGTH = 0.02
const MAX_RUN = 1_000

export interface GreyFigures {
  readonly mean: number
  readonly deviation: number
  /** Mean absolute step between neighbours, right and below. */
  readonly detail: number
}

/** What is kept of a camera between two checks. */
export interface PictureMemory {
  readonly grey: Uint8Array
  /** Bytes of the coded keyframe. */
  readonly keyBytes: number
  readonly sign: PictureSign
}

export function figuresOf(grey: Uint8Array): GreyFigures {
  let sum = 0
  let squares = 0
  let steps = 0
  for (let at = 0; at < GREY_BYTES; at++) {
    const value = grey[at] ?? 0
    sum += value
    squares += value * value
    if (at % GREY_WIDTH < GREY_WIDTH - 1) steps += Math.abs(value - (grey[at + 1] ?? 0))
    if (at + GREY_WIDTH < GREY_BYTES) steps += Math.abs(value - (grey[at + GREY_WIDTH] ?? 0))
  }
  const mean = sum / GREY_BYTES
  const pairs = (GREY_WIDTH - 1) * GREY_HEIGHT + GREY_WIDTH * (GREY_HEIGHT - 1)
  return { mean, deviation: Math.sqrt(Math.max(0, squares / GREY_BYTES - mean * mean)), detail: steps / pairs }
}

/** `before` undefined at a camera's first check: then nothing can be said of a frozen picture. */
export function judgePicture(
  before: PictureMemory | undefined,
  grey: Uint8Array,
  keyBytes: number,
  atMs: number
): PictureMemory {
  const figures = figuresOf(grey)
  const verdict = verdictOf(figures, before !== undefined && isSame(before, grey, keyBytes))
  const run = before?.sign.verdict === verdict ? Math.min(MAX_RUN, before.sign.run + 1) : 1
  const round = (value: number): number => Math.round(value * 10) / 10
  const sign: PictureSign = {
    atMs,
    verdict,
    run,
    everyMs: before && atMs - before.sign.atMs,
    mean: round(figures.mean),
    deviation: round(figures.deviation)
  }
  return { grey, keyBytes, sign }
}

function verdictOf({ mean, deviation, detail }: GreyFigures, same: boolean): PictureVerdict {
  const even = deviation < EVEN_DEVIATION
  if (even && mean < BLACK_MEAN) return 'black'
  if (even && mean > WHITE_MEAN) return 'white'
  if (even || detail < EDGELESS) return 'covered'
  return same ? 'frozenPicture' : 'ok'
}

function isSame(before: PictureMemory, grey: Uint8Array, keyBytes: number): boolean {
  if (Math.abs(keyBytes - before.keyBytes) > before.keyBytes * SAME_LENGTH) return false
  let changed = 0
  for (let at = 0; at < GREY_BYTES; at++) if (grey[at] !== before.grey[at]) changed++
  return changed <= SAME_PIXELS
}
