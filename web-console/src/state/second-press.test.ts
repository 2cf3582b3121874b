/** What a slip must not do needs a second press in time, on the same thing. */
import { expect, it } from 'vitest'
import { createSecondPress } from './second-press.ts'

it('is sure at the second press within two seconds, of the same incident only, and then asks anew', () => {
  const { press } = createSecondPress()
  expect([press('a', 0), press('a', 2_000), press('a', 2_100)]).toEqual([false, true, false])
  // Too late is a first press again; another incident's N is none for this one.
  expect([press('a', 4_200), press('b', 4_300), press('a', 4_400), press('a', 4_500)]).toEqual([
    ...[false, false, false, true]
  ])
})
