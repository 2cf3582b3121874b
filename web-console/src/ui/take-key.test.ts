/** What F2 takes from a page that is not the floor. */
import { afterEach, expect, it, vi } from 'vitest'
import { createStore } from '../state/store.ts'
import { incident, OTHER, T0, user } from '../testing/samples.ts'
import { firstWaiting, take } from './take-key.ts'

afterEach(() => void vi.unstubAllGlobals())

it('takes the most urgent that waits, and nothing that somebody has or that may wait', () => {
  const [late, soon] = [incident('late', { priority: 2 }), incident('soon', { openedAtMs: T0 + 1 })]
  const taken = incident('taken', { owner: OTHER, state: 'acknowledged' })
  const calm = incident('calm', { priority: 3, alarmClass: 'report' })
  expect(firstWaiting([calm, taken, late, soon], user())?.id).toBe('soon')
  expect(firstWaiting([calm, taken], user())).toBeUndefined()
})

it('sends nothing while the gateway is lost, and answers every refusal', async () => {
  const [waits, store] = [incident('waits'), createStore()]
  const answers = [
    new Response(JSON.stringify({ error: 'NOT_OWNER', message: '', detail: { seat: 4 } }), { status: 409 }),
    new Response(JSON.stringify({ ...waits, owner: OTHER, state: 'acknowledged', version: waits.version + 1 }))
  ]
  const fetched = vi.fn(async () => answers.shift() as Response)
  vi.stubGlobal('fetch', fetched)
  expect(await take(waits, user(), store)).toMatchObject({ code: 'OFFLINE' })
  expect(fetched).not.toHaveBeenCalled()
  store.dispatch({ kind: 'connection', connection: { phase: 'connected', sinceMs: T0 } })
  expect(await take(waits, user(), store)).toMatchObject({ code: 'NOT_OWNER', detail: { seat: 4 } })
  expect(await take(waits, user(), store)).toBeUndefined()
  expect(store.get().incidents.get(waits.id)?.owner).toEqual(OTHER)
})
