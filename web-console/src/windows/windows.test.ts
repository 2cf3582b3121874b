/** The windows of a seat: where they stood is remembered and believed with care, who is open is known without waiting for the dead. */
import { expect, it } from 'vitest'
import {
  featuresOf,
  keptOf,
  layoutKey,
  readLayout,
  SEAT_WINDOWS,
  seatWindowOf,
  windowName,
  writeBox
} from './layout.ts'
import { createPresence } from './presence.ts'

function browser(text?: string) {
  const kept = new Map(text === undefined ? [] : [['k', text]])
  let writes = 0
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      writes += 1
      kept.set(key, value)
    },
    writes: () => writes
  }
}

const BOX = { left: -1920, top: 0, width: 1920, height: 1080 }

it('remembers by seat where each window stood, on whichever monitor, until it is forgotten', () => {
  const store = browser()
  expect([layoutKey({ seat: 3, userId: 'u' }), layoutKey({ userId: 'u' })]).toEqual([
    'pingan.windows.3',
    'pingan.windows.u'
  ])
  writeBox('k', '/map', BOX, store)
  writeBox('k', '/wall', { ...BOX, left: 1920 }, store)
  writeBox('k', '/map', BOX, store)
  expect(store.writes()).toBe(2)
  expect(readLayout('k', store)).toEqual({ '/map': BOX, '/wall': { ...BOX, left: 1920 } })
  expect(featuresOf(readLayout('k', store)['/map'])).toBe('popup,left=-1920,top=0,width=1920,height=1080')
  writeBox('k', '/map', undefined, store)
  expect(Object.keys(readLayout('k', store))).toEqual(['/wall'])
})

it('counts only what this person may open: a board that the leader of this seat had is none of an operator', () => {
  const paths = SEAT_WINDOWS.filter(path => path !== '/board')
  expect(keptOf({ '/board': BOX }, paths)).toEqual([])
  expect(keptOf({ '/board': BOX, '/map': BOX }, paths)).toEqual(['/map'])
})

it('believes no nonsense that a browser kept', () => {
  const bad = [{ left: 1e9, top: 0, width: 9, height: 9 }, 7, null, { ...BOX, width: '1' }, { ...BOX, height: 10 }]
  for (const box of bad) expect(readLayout('k', browser(JSON.stringify({ '/map': box, '/admin': BOX })))).toEqual({})
  for (const text of ['', '[', 'null', '7']) expect(readLayout('k', browser(text))).toEqual({})
})

it('knows a seat window by the name it was opened with: an ordinary tab that shows the map is none', () => {
  expect(SEAT_WINDOWS.map(windowName).map(seatWindowOf)).toEqual([...SEAT_WINDOWS])
  expect([seatWindowOf(''), seatWindowOf('pingan:/admin')]).toEqual([undefined, undefined])
})

it('counts who says so, forgets who left, and does not wait for who was killed', () => {
  const presence = createPresence()
  presence.heard({ here: '/map', id: 1 }, 0)
  presence.heard({ here: '/wall', id: 2 }, 0)
  presence.heard({ here: '/map', id: 3 }, 0)
  presence.heard({ gone: 1 }, 10)
  expect([...presence.open(10)]).toEqual(['/wall', '/map'])
  presence.heard({ gone: 3 }, 20)
  // A hidden window's timer runs once a minute.
  expect([...presence.open(60_000)]).toEqual(['/wall'])
  expect([...presence.open(70_001)]).toEqual([])
  for (const word of [null, 7, { here: '/admin', id: 9 }, { here: '/map', id: 'x' }]) presence.heard(word, 70_001)
  for (let id = 100; id < 400; id++) presence.heard({ here: '/map', id }, 70_001)
  expect([...presence.open(70_001)]).toEqual(['/map'])
})
