/** What is spoken into one placed call: pieces of speech one after the other, in steps of 20 ms; used in the voice thread only. */
import { readFile } from 'node:fs/promises'
import { alawToUlaw } from '../kit/g711.ts'
import { alawOf } from './prompt-bytes.ts'
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
/** A-law. */
const SILENT = 0xd5

/** One file in steps of 20 ms, made once for all calls that speak it: copied for each call it was 200 kB and a millisecond of this thread. */
class Piece {
  readonly steps: number
  readonly #whole: Partial<Record<Law, Buffer>>

  constructor(alaw: Uint8Array) {
    this.steps = Math.ceil(alaw.length / STEP_BYTES) + BREATH_STEPS
    const whole = Buffer.alloc(this.steps * STEP_BYTES, SILENT)
    whole.set(alaw)
    this.#whole = { alaw: whole }
  }

  step(n: number, law: Law): Buffer {
    return this.#in(law).subarray(n * STEP_BYTES, (n + 1) * STEP_BYTES)
  }

  /** µ-law when the first line that speaks it asks. */
  #in(law: Law): Buffer {
    const { alaw = Buffer.alloc(0) } = this.#whole
    this.#whole[law] ??= Buffer.from(alawToUlaw(alaw))
    return this.#whole[law]
  }
}

const cache = new Map<string, Promise<Piece | undefined>>()

/** Told once of each file that is there and cannot be spoken. */
let unusable: (file: string, why: string) => void = () => undefined

export function watchUnusable(tell: typeof unusable): void {
  unusable = tell
}

/** undefined when the file cannot be read or spoken, and the next best is taken; that is remembered for the life of the thread like everything else. */
function load(file: string): Promise<Piece | undefined> {
  const known = cache.get(file)
  if (known) return known
  const loading = readFile(file)
    .then(bytes => new Piece(alawOf(bytes).subarray(0, MAX_PIECE_BYTES)))
    .catch((error: NodeJS.ErrnoException) => {
      // A piece of one's own need not be there.
      if (error.code !== 'ENOENT') unusable(file, error.message)
      return undefined
    })
  cache.set(file, loading)
  const oldest = cache.keys().next()
  if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value)
  return loading
}

async function firstOf(files: readonly string[]): Promise<Piece | undefined> {
  for (const file of files) {
    const piece = await load(file)
    if (piece) return piece
  }
  return undefined
}

async function loadPieces(order: SoundOrder): Promise<Piece[]> {
  const spoken = await Promise.all(
    order.pieces.map(async ({ files, otherwise }) => {
      const own = await firstOf(files)
      return own ? [own] : Promise.all(otherwise.map(firstOf))
    })
  )
  return spoken.flat().flatMap(piece => piece ?? [])
}

export class Sound {
  readonly #pauseSteps: number
  readonly #spoken: () => void
  readonly #repeat: boolean
  #pieces: readonly Piece[] = []
  #length = 0
  #ready = false
  #told = false
  #step = 0

  /** `spoken` is called once, when the pieces have been taken to their end for the first time. */
  constructor(order: SoundOrder, pauseSteps: number, spoken: () => void) {
    this.#repeat = order.repeat
    this.#pauseSteps = pauseSteps
    this.#spoken = spoken
    void loadPieces(order).then(pieces => {
      this.#pieces = pieces
      this.#length = pieces.reduce((sum, { steps }) => sum + steps, 0)
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
    if (this.#step >= this.#length && !this.#told) {
      this.#told = true
      this.#spoken()
    }
    const cycle = this.#length + this.#pauseSteps
    const at = this.#repeat && cycle > 0 ? this.#step % cycle : this.#step
    this.#step++
    return this.#at(at, law)
  }

  #at(step: number, law: Law): Buffer | undefined {
    let left = step
    for (const piece of this.#pieces) {
      if (left < piece.steps) return piece.step(left, law)
      left -= piece.steps
    }
    return undefined
  }
}
