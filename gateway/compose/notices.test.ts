/** Who hears what of the gateway's own state: the floor all of it, whoever keeps the gateway what is his to mend. */
import { expect, it } from 'vitest'
import type { Notice, ServerMessage } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createGivenUp } from './given-up.ts'
import { createNotices, tellNotices, tellWaiting } from './notices.ts'
import { besideOf, snapshotOf } from './snapshot.ts'

const KEEPER = { userId: 'u', login: '1', name: 'u', role: 'administrator' } as const
const codes = (notices: readonly Notice[] | undefined) => notices?.map(({ code }) => code)

it('a terminal that waits is told to both, a storm to the floor alone; a window that opens later is told the same', () => {
  const heard: [string, readonly string[] | undefined][] = []
  const broadcast = (scope: string, message: ServerMessage) =>
    void heard.push([scope, message.type === 'notices' ? codes(message.notices) : undefined])
  const notices = createNotices(createFakeClock(), all => tellNotices({ broadcast }, all))
  notices.set('storm', { level: 'warning', code: 'storm', data: { count: 12 } })
  tellWaiting(notices)(2, { plate: '闽JT0637', source: 'jt808:013900000066' } as never)
  expect(heard.slice(-2)).toEqual([
    ['floor', ['storm', 'terminalsWaiting']],
    ['keeper', ['terminalsWaiting']]
  ])
  const incidents = { all: () => [{ id: 'i1' }].values() }
  const deps = {
    incidents,
    units: { all: () => [{ id: 'u1' }] },
    cameras: { all: () => [{ id: 'c1' }] },
    notices
  } as never
  // Of incidents, units and cameras it is told nothing.
  const shown = snapshotOf(deps, 'keeper', KEEPER, true)
  expect(shown).toMatchObject({ floor: { incidents: [], units: [], cameras: [] } })
  expect(codes(shown.floor?.notices)).toEqual(['terminalsWaiting'])
  expect(besideOf(deps, 'keeper')).toMatchObject([{ type: 'notices', notices: [{ code: 'terminalsWaiting' }] }])
})

it('messages that were given up are told to who keeps the gateway alone, until they are sent again, dropped, or a day old', async () => {
  const clock = createFakeClock()
  const heard: Record<string, readonly string[] | undefined> = {}
  const broadcast = (scope: string, message: ServerMessage) => {
    heard[scope] = message.type === 'notices' ? codes(message.notices) : undefined
  }
  const notices = createNotices(clock, all => tellNotices({ broadcast }, all))
  let dead = [
    { state: 'dead', endedAtMs: clock.now() },
    { state: 'dead', endedAtMs: clock.now() },
    { state: 'waiting' }
  ]
  const look = createGivenUp({ clock, notices, outbox: { items: () => dead } as never })
  look(['city'])
  expect(heard).toEqual({ floor: [], keeper: ['sinkGaveUp'] })
  expect(notices.all()).toMatchObject([{ data: { sink: 'city', count: 2 } }])
  const deps = { incidents: [], units: { all: () => [] }, cameras: { all: () => [] }, notices } as never
  expect(besideOf(deps, 'keeper')).toMatchObject([{ notices: [{ code: 'sinkGaveUp' }] }])
  dead = dead.slice(1)
  look(['city'])
  expect(notices.all()).toMatchObject([{ data: { count: 1 } }])
  look([])
  expect(notices.all(), 'a sink that is no more').toEqual([])
  look(['city'])
  await clock.advance(24 * 3_600_000)
  look(['city'])
  expect(heard.keeper).toEqual([])
})
