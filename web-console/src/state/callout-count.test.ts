/** Every household of a call-out is counted, once. */
import { expect, it } from 'vitest'
import type { CalledNeighbour, NeighbourState } from '../../../gateway/core/callout.ts'
import { countCallout } from './callout-count.ts'

it('counts who was reached, missed, called off and is still to be reached', () => {
  const states: readonly NeighbourState[] = [
    ...(['going', 'cannot', 'answered', 'busy', 'noAnswer', 'stopped', 'waiting'] as const)
  ]
  const neighbours = states.map(state => ({ state }) as CalledNeighbour)
  expect(countCallout(neighbours)).toEqual({ reached: 3, missed: 2, stopped: 1, open: 1 })
  expect(countCallout([])).toEqual({ reached: 0, missed: 0, stopped: 0, open: 0 })
})
