/** Tones made by sox and speech made by espeak-ng, neither of them ours, through the reader of in-band digits (Debian packages sox, espeak-ng). */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { alawToLinear } from '../kit/g711.ts'
import { ToneReader } from './tones.ts'

const LOW = [697, 770, 852, 941]
const HIGH = [1209, 1336, 1477, 1633]
const KEYS = '123A456B789C*0#D'

function linear(alaw: Buffer): number[] {
  return Array.from(alaw, byte => alawToLinear(byte))
}

interface Shape {
  readonly ms?: number
  /** Factor of both frequencies. */
  readonly off?: number
  readonly lowDb?: number
  readonly highDb?: number
}

/** One key as sox plays it, A-law. */
function tone(key: string, { ms = 40, off = 1, lowDb = -10, highDb = -10 }: Shape = {}): number[] {
  const at = KEYS.indexOf(key)
  const one = (hz: number, db: number) => ['synth', String(ms / 1000), 'sine', String(hz * off), 'gain', String(db)]
  const [row, column] = [LOW[Math.floor(at / 4)] ?? 0, HIGH[at % 4] ?? 0]
  const pipe = (hz: number, db: number) => `|sox -R -n -r 8000 -c 1 -p ${one(hz, db).join(' ')}`
  const mixed = ['-R', '-m', '-v', '1', pipe(row, lowDb), '-v', '1', pipe(column, highDb)]
  return linear(execFileSync('sox', [...mixed, '-t', 'al', '-r', '8000', '-c', '1', '-']))
}

const silence = (ms: number): number[] => Array.from({ length: ms * 8 }, () => 8)

function digits(...parts: readonly number[][]): string {
  return new ToneReader().read([...parts.flat(), ...silence(60)]).join('')
}

describe('tones in the sound', () => {
  it('reads all sixteen keys at 40 ms with 40 ms between them', () => {
    expect(digits(...[...KEYS].flatMap(key => [tone(key), silence(40)]))).toBe(KEYS)
  })

  it('reads a tone of 40 ms wherever it begins', () => {
    const five = tone('5')
    const read = Array.from({ length: 80 }, (_, samples) => digits(new Array(samples).fill(8), five))
    expect(new Set(read)).toEqual(new Set(['5']))
  })

  it('reads the same key twice, and a long one once', () => {
    expect(digits(tone('9'), silence(40), tone('9'), silence(40), tone('1', { ms: 2_000 }))).toBe('991')
  })

  it.each([-3, -20, -30])('reads tones of %d dB', db => {
    expect(digits(...[...KEYS].flatMap(key => [tone(key, { lowDb: db - 3, highDb: db - 3 }), silence(40)]))).toBe(KEYS)
  })

  it.each([0.985, 1.015])('reads frequencies %d beside the right ones', off => {
    expect(digits(...[...KEYS].flatMap(key => [tone(key, { off }), silence(40)]))).toBe(KEYS)
  })

  it.each([0.96, 1.04])('passes over frequencies %d beside the right ones', off => {
    const others = [...KEYS].flatMap(key => [tone(key, { off, ms: 100 }), silence(40)])
    expect(digits(...others)).toBe('')
  })

  it('reads keys whose tones differ by 6 dB, and passes over those by 12 dB', () => {
    for (const [lowDb, highDb] of [
      [-10, -16],
      [-16, -10]
    ] as const)
      expect(digits(tone('5', { lowDb, highDb }))).toBe('5')
    expect(digits(tone('5', { lowDb: -10, highDb: -22 }))).toBe('')
  })

  it('passes over a tone of 20 ms and one tone alone', () => {
    expect(digits(tone('5', { ms: 20 }))).toBe('')
    expect(digits(tone('5', { ms: 200, lowDb: -60 }))).toBe('')
  })

  it('goes on over a lost packet: one digit; but a pause is an end', () => {
    const reader = new ToneReader()
    const long = tone('7', { ms: 200 })
    const read = [...reader.read(long.slice(0, 640))]
    reader.lost()
    read.push(...reader.read(long.slice(800)), ...reader.read(silence(60)))
    expect(read).toEqual(['7'])
  })

  it('hears no digit in speech', () => {
    const zh = '救命啊快来人我家里进贼了在临溪街道花园小区三号楼二单元他还没有走请快一点我很害怕老人摔倒了呼吸困难'
    const en =
      'Help me please, there is someone in my house, the address is number nine hundred and eleven, one two three.'
    let heard = ''
    let seconds = 0
    for (const [voice, text] of [
      ['cmn', zh],
      ['yue', zh],
      ['en', en]
    ] as const)
      for (const variant of ['', '+f2', '+f5', '+m3', '+m7', '+whisper', '+croak'])
        for (const speed of ['130', '180', '260']) {
          const wav = execFileSync('espeak-ng', ['-v', voice + variant, '-s', speed, '--stdout', text])
          const toAlaw = ['-R', '-t', 'wav', '-', '-t', 'al', '-r', '8000', '-c', '1', '-', 'norm', '-3']
          const speech = execFileSync('sox', toAlaw, { input: wav, stdio: ['pipe', 'pipe', 'ignore'] })
          seconds += speech.length / 8_000
          heard += digits(linear(speech))
        }
    expect(seconds).toBeGreaterThan(300)
    expect(heard).toBe('')
  })
})
