/**
 * A simulated dialler 拨号器: calls, waits for the handshake, sends one Contact ID report as tones, and is content when it is kissed off
 * (SIA DC-05). It reads and makes its tones by its own arithmetic, so that it shares no mistake with the reader.
 */
import { alawToLinear, linearToAlaw } from '../kit/g711.ts'
import type { MachineLine, Telephone } from './simulator.ts'

export interface DialledEvent {
  /** Four digits. */
  readonly account: string
  /** 1 new, 3 restored. */
  readonly q: '1' | '3'
  readonly event: string
  readonly group: string
  readonly zone: string
}

const RATE = 8_000
const KEYS = '123A456B789C*0#D'
const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477, 1633]
const LOW_HZ = 1_400
const HIGH_HZ = 2_300
/** Tone and pause of a key; diallers use 50 to 100. */
const KEY_MS = 80
/** After the second tone of the handshake. */
const WAIT_MS = 300
/** A tone of the handshake lasts 100 ms; this long it is the kiss-off. */
const KISS_OFF_MS = 400
const GIVE_UP_MS = 25_000
const AMPLITUDE = 7_000

/** The sixteen digits; `0` counts as ten, and all together are a multiple of fifteen. */
export function contactIdDigits({ account, q, event, group, zone }: DialledEvent): string {
  const digits = `${account}18${q}${event}${group}${zone}`
  const sum = [...digits].reduce((total, digit) => total + (digit === '0' ? 10 : Number(digit)), 0)
  const check = (15 - (sum % 15)) % 15
  // Eleven to fifteen are the keys B to F.
  return `${digits}${check === 0 ? '#' : check === 10 ? '0' : check > 10 ? ('*#ABC'[check - 11] ?? '') : check}`
}

/** A-law of keys one after the other. */
export function keyTones(digits: string): Buffer {
  const samples = (KEY_MS * RATE) / 1_000
  return Buffer.concat(
    [...digits].map(digit => {
      const at = KEYS.indexOf(digit)
      const [low, high] = [ROWS[Math.floor(at / 4)] ?? 0, COLUMNS[at % 4] ?? 0]
      const wave = (n: number) => Math.sin((2 * Math.PI * low * n) / RATE) + Math.sin((2 * Math.PI * high * n) / RATE)
      const tone = Array.from({ length: samples }, (_, n) => linearToAlaw(Math.round(AMPLITUDE * wave(n))))
      return Buffer.concat([Buffer.from(tone), Buffer.alloc(samples, linearToAlaw(0))])
    })
  )
}

/** The single tone that fills these samples, or 0 (Goertzel). */
export function toneOf(alaw: Buffer): number {
  const samples = Array.from(alaw, alawToLinear)
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0)
  if (energy < samples.length * 500 ** 2) return 0
  const share = (hz: number): number => {
    const step = 2 * Math.cos((2 * Math.PI * hz) / RATE)
    let [last, before] = [0, 0]
    for (const sample of samples) [last, before] = [sample + step * last - before, last]
    return (2 * (last * last + before * before - step * last * before)) / (samples.length * energy)
  }
  return [LOW_HZ, HIGH_HZ].find(hz => share(hz) > 0.7) ?? 0
}

/** Resolves when the report was kissed off; rejects when it was not. */
export async function dialReport(telephone: Telephone, dial: string, event: DialledEvent): Promise<void> {
  const kissedOff = Promise.withResolvers<boolean>()
  const machine = ({ say, hangUp }: MachineLine) => {
    let [handshaken, sinceMs, lowMs, sent] = [false, 0, 0, false]
    return (heard: Buffer): void => {
      const ms = (heard.length * 1_000) / RATE
      const tone = toneOf(heard)
      if (tone === HIGH_HZ) [handshaken, sinceMs] = [true, 0]
      else sinceMs += ms
      if (handshaken && !sent && sinceMs >= WAIT_MS) {
        sent = true
        say(keyTones(contactIdDigits(event)))
      }
      lowMs = tone === LOW_HZ ? lowMs + ms : 0
      if (!sent || lowMs < KISS_OFF_MS) return
      kissedOff.resolve(true)
      hangUp()
    }
  }
  const call = await telephone.press({ dial, machine, hangUpAfterMs: GIVE_UP_MS })
  void call.ended.then(() => kissedOff.resolve(false))
  if (!(await kissedOff.promise)) throw new Error(`the report was not kissed off (SIP ${call.status})`)
}
