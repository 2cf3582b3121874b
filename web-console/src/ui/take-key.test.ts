/** What F2 takes from a page that is not the floor. */
import { expect, it } from 'vitest'
import { incident, OTHER, T0, user } from '../testing/samples.ts'
import { firstWaiting } from './take-key.ts'

it('takes the most urgent that waits, and nothing that somebody has or that may wait', () => {
  const [late, soon] = [incident('late', { priority: 2 }), incident('soon', { openedAtMs: T0 + 1 })]
  const taken = incident('taken', { owner: OTHER, state: 'acknowledged' })
  const calm = incident('calm', { priority: 3, alarmClass: 'report' })
  expect(firstWaiting([calm, taken, late, soon], user())?.id).toBe('soon')
  expect(firstWaiting([calm, taken], user())).toBeUndefined()
})
