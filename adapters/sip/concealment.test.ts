/** A voice with holes: what is made up for them is nearer to what was said than silence, in tones and in our own spoken words. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { alawToLinear, alawToUlaw, linearToAlaw, ulawToLinear } from '../kit/g711.ts'
import { Concealment } from './concealment.ts'
import type { Law } from './sdp.ts'

const STEP = 160
const SILENT = 0xd5

const steps = (bytes: Uint8Array) =>
  Array.from({ length: Math.floor(bytes.length / STEP) }, (_, n) =>
    Buffer.from(bytes.subarray(n * STEP, (n + 1) * STEP))
  )

/** A vowel: 125 Hz and its overtones. */
const vowel = Uint8Array.from({ length: STEP * 12 }, (_, n) =>
  linearToAlaw(
    Math.round([1, 2, 3, 5].reduce((sum, k) => sum + (6_000 / k) * Math.sin((2 * Math.PI * 125 * k * n) / 8_000), 0))
  )
)

/** As the telephone hears it; `lost` says which steps never come. */
function heard(said: readonly Buffer[], lost: (n: number) => boolean, law: Law = 'alaw'): (Buffer | undefined)[] {
  const concealment = new Concealment()
  return said.map((step, n) => (lost(n) ? concealment.missing() : concealment.came(step, law)))
}

const loudness = (samples: readonly number[]) => samples.reduce((sum, each) => sum + each * each, 1)

/** Decibels of what was said over what is wrong. */
function ratio(said: Buffer | undefined, got: Buffer | undefined): number {
  const is = [...(said ?? [])].map(alawToLinear)
  const wrong = is.map((sample, n) => sample - alawToLinear(got?.[n] ?? SILENT))
  return 10 * Math.log10(loudness(is) / loudness(wrong))
}

/** Loudness of eight bands up to 2 kHz, in which lies what makes words, decibels. */
function bands(step: Buffer | undefined): number[] {
  const samples = Array.from({ length: STEP }, (_, n) => alawToLinear(step?.[n] ?? SILENT))
  return Array.from({ length: 8 }, (_, band) => {
    const power = Array.from({ length: 5 }, (_, n) => {
      const turn = (2 * Math.PI * (band * 5 + n + 1)) / STEP
      const real = samples.reduce((sum, sample, at) => sum + sample * Math.cos(turn * at), 0)
      const other = samples.reduce((sum, sample, at) => sum + sample * Math.sin(turn * at), 0)
      return real ** 2 + other ** 2
    })
    return 10 * Math.log10(power.reduce((sum, each) => sum + each, 1e6))
  })
}

/** How far off the bands of the lost steps are, decibels in the middle. */
function distance(said: readonly Buffer[], got: readonly (Buffer | undefined)[], lost: (n: number) => boolean): number {
  const off = said.flatMap((step, n) => {
    if (!lost(n)) return []
    const was = bands(got[n])
    return bands(step).map((is, band) => Math.abs(is - (was[band] as number)))
  })
  return off.reduce((sum, each) => sum + each, 0) / off.length
}

it('goes on with a vowel, and joins what comes after it without a click', () => {
  const said = steps(vowel)
  const lost = (n: number) => n === 6
  const got = heard(said, lost)
  expect(ratio(said[6], got[6])).toBeGreaterThan(10)
  const all = [...Buffer.concat(got.map(step => step ?? Buffer.alloc(STEP, SILENT)))].map(alawToLinear)
  const jumps = all.slice(1).map((sample, n) => Math.abs(sample - (all[n] as number)))
  // No step between two samples is larger than the vowel's own, but for the rounding of A-law.
  expect(Math.max(...jumps.slice(6 * STEP - 2, 7 * STEP + 40))).toBeLessThan(
    1.3 * Math.max(...jumps.slice(0, 5 * STEP))
  )
})

it('the same in µ-law', () => {
  const said = steps(alawToUlaw(vowel))
  const got = heard(said, n => n === 6, 'ulaw')[6]
  expect(loudness([...(got ?? [])].map(ulawToLinear))).toBeGreaterThan(
    0.4 * loudness([...(said[6] ?? [])].map(ulawToLinear))
  )
})

it('fades, and is silent after 60 ms and until somebody has spoken again', () => {
  const got = heard(steps(vowel), n => n >= 5)
  const levels = got.slice(4).map(step => (step ? loudness([...step].map(alawToLinear)) : 0))
  expect(levels.slice(4)).toEqual(levels.slice(4).map(() => 0))
  for (let n = 1; n < 4; n++) expect(levels[n]).toBeLessThan(levels[n - 1] as number)
  expect(heard(steps(vowel), n => n < 2 || n === 4).flatMap((step, n) => (step ? [n] : []))).not.toContain(4)
})

it.each([
  ['one in twenty', 20],
  ['one in five', 5]
])('of our own words with %s lost, the sound of what is missing is nearer by far than silence', (_, of) => {
  const words = steps(readFileSync(join(import.meta.dirname, 'prompts/help-coming.zh.alaw')))
  let state = 7
  const dice = words.map(() => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648 < 1 / of
  })
  const lost = (n: number) => dice[n] === true
  const got = heard(words, lost)
  const [made, silent] = [distance(words, got, lost), distance(words, [], lost)]
  expect(made).toBeLessThan(0.5 * silent)
})
