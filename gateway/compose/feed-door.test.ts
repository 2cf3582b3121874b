/** Who is let in to which scope, and that a full disk costs the floor positions, not alarms. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { ServerMessage, SessionUser } from '../core/wire.ts'
import { createHub } from '../feed/hub.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createFeedDoor, scopesOf } from './feed-door.ts'

const operator: SessionUser = { userId: 'u', login: '1', name: 'u', role: 'operator' }

test('a scope is given by what a role may, not by what stands in the account', () => {
  const odd = { userId: 'u', login: '1', name: 'u', unitId: id<never>('u1'), fleetId: 'f1' }
  expect(scopesOf({ ...odd, role: 'operator' })).toEqual(['floor'])
  expect(scopesOf({ ...odd, role: 'patrol' })).toEqual(['unit:u1'])
  expect(scopesOf({ ...odd, role: 'taxiDispatcher' })).toEqual(['fleet:f1'])
  expect(scopesOf({ ...odd, role: 'administrator' })).toEqual(['keeper'])
  // Who only reads is not shown unasked who called, and how to reach him.
  expect(scopesOf({ ...odd, role: 'auditor' })).toEqual(['keeper'])
})

test('with a full disk a console sees the floor without positions, which come once their reading is on record', async () => {
  const clock = createFakeClock()
  let full = true
  const hub = createHub({
    now: clock.now,
    replayMs: 1,
    store: { feedSince: async () => [], feedBounds: async () => ({ last: 0, oldest: 0 }) },
    snapshot: (_scope, _user, positions) => ({
      floor: {
        incidents: [],
        units: [],
        cameras: [],
        notices: [{ key: String(positions), level: 'info', code: '', data: {}, atMs: 0 }]
      }
    })
  })
  const door = createFeedDoor({
    clock,
    log: silentLog,
    hub,
    access: { onSessionEnd: () => () => {}, watched: () => () => {} },
    presence: () => {},
    positionReads: {
      async read() {
        if (full) throw new Error('SQLITE_FULL')
      }
    }
  })
  const seen: ServerMessage[] = []
  const sink = {
    send: (text: string | Buffer) => seen.push(JSON.parse(String(text)) as ServerMessage) > 0,
    close: () => {}
  }
  const viewer = await door.subscribe(sink, operator, {})
  const snapshots = () => seen.flatMap(m => (m.type === 'snapshot' ? (m.floor?.notices ?? []).map(n => n.key) : []))
  await clock.advance(3_000)
  expect(snapshots()).toEqual(['false'])
  full = false
  await clock.advance(5_000)
  expect(snapshots()).toEqual(['false', 'true'])
  viewer.leave()
  expect(clock.pending).toBe(0)
})
