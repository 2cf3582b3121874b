/** Retention's time: a clock that jumps ahead deletes nothing, neither at once nor after a restart, and is believed only after a day of running. */
import { expect, it } from 'vitest'
import type { Change, DocumentRow } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createKeepTime, type KeepTimeDeps } from './keep-time.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function room() {
  const clock = createFakeClock()
  const shown = new Set<string>()
  let kept: DocumentRow | undefined
  const store = {
    documents: async () => (kept?.body ? [{ key: kept.key, body: kept.body }] : []),
    commit: async (change: Change) => {
      kept = change.documents?.[0]
      return { ok: true, feed: [] }
    }
  } as unknown as KeepTimeDeps['store']
  const notices = { set: (key: string) => void shown.add(key), clear: (key: string) => void shown.delete(key) }
  return { clock, shown, start: () => createKeepTime({ clock, log: silentLog, store, notices }) }
}

it('does not follow a clock that jumps years ahead, not even over a restart, and says so', async () => {
  const { clock, shown, start } = room()
  let time = await start()
  await clock.advance(2 * HOUR_MS)
  expect(clock.now() - time.now()).toBeLessThan(60_000)
  clock.set(400 * DAY_MS)
  await clock.advance(HOUR_MS)
  expect(clock.now() - time.now()).toBeGreaterThan(399 * DAY_MS)
  expect([...shown]).toEqual(['clockAhead'])
  time.stop()
  time = await start()
  expect(clock.now() - time.now()).toBeGreaterThan(399 * DAY_MS)
  // Set right again: all is well at once.
  clock.set(-400 * DAY_MS)
  await clock.advance(60_000)
  expect(Math.abs(clock.now() - time.now())).toBeLessThan(60_000)
  expect(shown.size).toBe(0)
})

it('believes the clock after a day of running, and a pause of some hours at once', async () => {
  const { clock, shown, start } = room()
  let time = await start()
  await clock.advance(HOUR_MS)
  time.stop()
  clock.set(10 * HOUR_MS)
  time = await start()
  expect(clock.now() - time.now()).toBeLessThan(60_000)
  clock.set(10 * DAY_MS)
  await clock.advance(23 * HOUR_MS)
  expect(clock.now() - time.now()).toBeGreaterThan(9 * DAY_MS)
  await clock.advance(2 * HOUR_MS)
  expect(clock.now() - time.now()).toBeLessThan(60_000)
  expect(shown.size).toBe(0)
})

it('is never later than the clock: one that is set back deletes less', async () => {
  const { clock, start } = room()
  const time = await start()
  clock.set(-40 * DAY_MS)
  expect(time.now()).toBe(clock.now())
})
