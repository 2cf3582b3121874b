/** 十户联防 in three figures: who was reached, who was not, and who was called off. Pure. */
import type { CalledNeighbour, NeighbourState } from '../../../gateway/core/callout.ts'

export interface CalloutCount {
  readonly reached: number
  readonly missed: number
  readonly stopped: number
  /** Still to be reached: it rings, or will. */
  readonly open: number
}

const COUNTED: Readonly<Record<NeighbourState, keyof CalloutCount>> = {
  ...({ going: 'reached', warned: 'reached', answered: 'reached', cannot: 'reached', noChoice: 'reached' } as const),
  ...({ busy: 'missed', noAnswer: 'missed', unreachable: 'missed', stopped: 'stopped' } as const),
  ...({ waiting: 'open', ringing: 'open' } as const)
}

export function countCallout(neighbours: readonly CalledNeighbour[]): CalloutCount {
  const count = { reached: 0, missed: 0, stopped: 0, open: 0 }
  for (const { state } of neighbours) count[COUNTED[state]] += 1
  return count
}
