/** One loudspeaker for several windows, and one memory of what was answered. */
import { expect, it } from 'vitest'
import { louder, readHeard } from './heard.ts'
import { isInCall, sayCall, sayNoCall } from './in-call.ts'
import { soundsElsewhere, soundsHere, soundsNoMore } from './one-window.ts'
import { createSpeaker } from './tones.ts'

function browser() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  }
}

it('sounds in one window, and in the next one once that is closed or says nothing any more', () => {
  const store = browser()
  expect([soundsHere(0.7, 1_000, store), soundsHere(0.2, 1_100, store)]).toEqual([true, false])
  // Another one that is closed changes nothing.
  soundsNoMore(0.2, store)
  expect(soundsHere(0.2, 1_200, store)).toBe(false)
  soundsNoMore(0.7, store)
  expect([soundsHere(0.2, 1_300, store), soundsHere(0.7, 1_400, store)]).toEqual([true, false])
  // Killed: it says nothing for five seconds.
  expect([soundsHere(0.7, 6_200, store), soundsHere(0.7, 6_400, store)]).toEqual([false, true])
  // Two that began at once: what was written last counts for both.
  store.setItem('pingan.sound', JSON.stringify({ window: 0.2, atMs: 6_500 }))
  expect([soundsHere(0.7, 6_600, store), soundsHere(0.2, 6_600, store)]).toEqual([false, true])
  // A clock that was set back, and nonsense in the store, silence nobody.
  expect(soundsHere(0.9, 100, store)).toBe(true)
  store.setItem('pingan.sound', '{"window":"x"')
  expect(soundsHere(0.9, 200, store)).toBe(true)
})

it('hears in every window what was answered in one, and believes no nonsense', () => {
  expect(louder({ a: 1, b: 3 }, { a: 2, b: 2, c: 1 })).toEqual({ a: 2, b: 3, c: 1 })
  expect(readHeard('{"a":2,"b":"x","c":1.5}')).toEqual({ a: 2 })
  for (const text of [null, '', '[', '7', 'null']) expect(readHeard(text)).toEqual({})
})

it('says no fault of a window that may not sound while another one does, and one as soon as that is gone', () => {
  const store = browser()
  expect(soundsElsewhere(0.2, 1_000, store)).toBe(false)
  soundsHere(0.7, 1_000, store)
  expect([soundsElsewhere(0.2, 1_100, store), soundsElsewhere(0.7, 1_100, store)]).toEqual([true, false])
  expect([soundsElsewhere(0.2, 5_999, store), soundsElsewhere(0.2, 6_000, store)]).toEqual([true, false])
})

it('knows a call in whichever window, until that says that it is over or says nothing more', () => {
  const store = browser()
  expect(isInCall(1_000, store)).toBe(false)
  sayCall(1_000, store)
  expect([isInCall(5_999, store), isInCall(6_000, store)]).toEqual([true, false])
  sayCall(7_000, store)
  sayNoCall(store)
  expect(isInCall(7_001, store)).toBe(false)
})

it('rings 12 dB lower beside a call, never silent, and as before after it', () => {
  const levels: number[] = []
  const gain = () => {
    const param = { value: 1, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined }
    const node = {
      gain: { ...param, setTargetAtTime: (level: number) => void levels.push(level) },
      connect: (to: unknown) => to
    }
    return node
  }
  const oscillator = () => ({ ...{ frequency: {}, connect: (to: unknown) => to }, start() {}, stop() {} })
  const context = { state: 'running', currentTime: 0, destination: {}, createGain: gain, createOscillator: oscillator }
  let call = false
  const speaker = createSpeaker({
    ...{ mayPlay: () => true, inCall: () => call },
    makeContext: () => context as unknown as AudioContext
  })
  const decibels = () => Math.round(20 * Math.log10(levels.at(-1) ?? 0))
  speaker.tick()
  call = true
  speaker.attend()
  expect(decibels()).toBe(-12)
  speaker.tick()
  expect(decibels()).toBe(-12)
  call = false
  speaker.attend()
  expect(decibels()).toBe(0)
})
