/** Tones for the tests: keys that sox makes, single tones found in what was heard. */
import { alawToLinear } from '../kit/g711.ts'

/** A key as an input of sox: on, then off for as long. */
export function soxKey(digit: string, s: number): string {
  const at = '123A456B789C*0#D'.indexOf(digit)
  const [low, high] = [[697, 770, 852, 941][Math.floor(at / 4)], [1209, 1336, 1477, 1633][at % 4]]
  return `|sox -R -n -r 8000 -p synth ${s} sine ${low} sine ${high} remix 1,2 gain -6 pad 0 ${s}`
}

/** Single tones in A-law sound, by their zero crossings in 10 ms, to the next hundred hertz. */
export function tonesIn(alaw: Buffer): { hz: number; ms: number; atMs: number }[] {
  const found: { hz: number; ms: number; atMs: number }[] = []
  let last = 0
  for (let at = 0; at + 80 <= alaw.length; at += 80) {
    const samples = Array.from(alaw.subarray(at, at + 80), byte => alawToLinear(byte))
    const crossings = samples.filter((sample, i) => i > 0 && sample >= 0 !== (samples[i - 1] ?? 0) >= 0).length
    const hz = Math.max(...samples) < 1_000 ? 0 : Math.round(crossings / 2) * 100
    const before = found.at(-1)
    if (hz > 0 && hz === last && before) before.ms += 10
    else if (hz > 0) found.push({ hz, ms: 10, atMs: at / 8 })
    last = hz
  }
  return found
}
