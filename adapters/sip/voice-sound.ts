/** What is spoken into one placed call: pieces of speech one after the other, in steps of 20 ms; used in the voice thread only. */
import { readFile } from 'node:fs/promises'
import { alawToUlaw } from '../kit/g711.ts'
import type { Law } from './sdp.ts'

/** For each piece the files that may hold it, best first; the files of `otherwise` when there is none of them. */
export interface SoundPiece {
  readonly files: readonly string[]
  readonly otherwise: readonly (readonly string[])[]
}

export interface SoundOrder {
  readonly pieces: readonly SoundPiece[]
  readonly repeat: boolean
}

export const STEP_BYTES = 160
/** A minute of speech; longer files are cut. */
const MAX_PIECE_BYTES = 480_000
const MAX_CACHED = 500
/** Between two pieces, so that words do not run into each other. */
const BREATH_STEPS = 5
const SILENT: Readonly<Record<Law, number>> = { alaw: 0xd5, ulaw: 0xff }

const cache = new Map<string, Promise<Buffer | undefined>>()

/** undefined when the file cannot be read; that is remembered for the life of the thread like everything else. */
function load(file: string): Promise<Buffer | undefined> {
  const known = cache.get(file)
  if (known) return known
  const loading = readFile(file).then(
    bytes => bytes.subarray(0, MAX_PIECE_BYTES),
    () => undefined
  )
  cache.set(file, loading)
  const oldest = cache.keys().next()
  if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value)
  return loading
}

async function firstOf(files: readonly string[]): Promise<Buffer | undefined> {
  for (const file of files) {
    const bytes = await load(file)
    if (bytes) return bytes
  }
  return undefined
}

async function loadPieces(order: SoundOrder): Promise<Buffer[]> {
  const spoken = await Promise.all(
    order.pieces.map(async ({ files, otherwise }) => {
      const own = await firstOf(files)
      return own ? [own] : Promise.all(otherwise.map(firstOf))
    })
  )
  return spoken.flat().flatMap(bytes => bytes ?? [])
}

/** The pieces as steps, each piece filled up with silence and a breath after it. */
function stepsOf(pieces: readonly Uint8Array[], law: Law): Buffer[] {
  return pieces.flatMap(audio => {
    const count = Math.ceil(audio.length / STEP_BYTES) + BREATH_STEPS
    const whole = Buffer.alloc(count * STEP_BYTES, SILENT[law])
    whole.set(audio)
    return Array.from({ length: count }, (_, i) => whole.subarray(i * STEP_BYTES, (i + 1) * STEP_BYTES))
  })
}

export class Sound {
  readonly #pauseSteps: number
  readonly #spoken: () => void
  readonly #repeat: boolean
  #steps: Readonly<Record<Law, readonly Buffer[]>> = { alaw: [], ulaw: [] }
  #ready = false
  #told = false
  #step = 0

  /** `spoken` is called once, when the pieces have been taken to their end for the first time. */
  constructor(order: SoundOrder, pauseSteps: number, spoken: () => void) {
    this.#repeat = order.repeat
    this.#pauseSteps = pauseSteps
    this.#spoken = spoken
    void loadPieces(order).then(pieces => {
      this.#steps = { alaw: stepsOf(pieces, 'alaw'), ulaw: stepsOf(pieces.map(alawToUlaw), 'ulaw') }
      this.#ready = true
    })
  }

  /** The files are read. */
  get ready(): boolean {
    return this.#ready
  }

  /** The next 20 ms; undefined is silence. */
  next(law: Law): Buffer | undefined {
    if (!this.#ready) return undefined
    const steps = this.#steps[law]
    if (this.#step >= steps.length && !this.#told) {
      this.#told = true
      this.#spoken()
    }
    const cycle = steps.length + this.#pauseSteps
    const at = this.#repeat && cycle > 0 ? this.#step % cycle : this.#step
    this.#step++
    return steps[at]
  }
}
