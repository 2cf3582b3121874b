/** One loudspeaker for several windows, and one memory of what was answered. */
import { expect, it } from 'vitest'
import { louder, readHeard } from './heard.ts'
import { soundsHere, soundsNoMore } from './one-window.ts'

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
