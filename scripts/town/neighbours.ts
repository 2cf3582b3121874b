/** What the town's households do when they are rung: most go, some cannot, one is busy, one is away, one says nothing. */
import type { Answering } from '../../adapters/sip/simulated-answer.ts'
import type { ScenarioFile } from './scenario.ts'

type Times = Pick<ScenarioFile['telephones'], 'answerAfterMs' | 'keyAfterMs'>

/** By the last digit of the number, so that the same neighbour always does the same; only the times differ. */
export function neighbourAnswers(times: Times, random: () => number, says?: Buffer): (number: string) => Answering {
  const within = ([from = 0, to = 0]: readonly number[]) => Math.round(from + random() * (to - from))
  return number => {
    const last = Number(number.at(-1))
    if (last === 3) return { does: 'busy' }
    if (last === 6) return { does: 'ring' }
    const answer = { does: 'answer', afterMs: within(times.answerAfterMs), ...(says ? { says } : {}) } as const
    if (last === 0) return answer
    return { ...answer, digit: last % 2 === 0 ? '2' : '1', keyAfterMs: within(times.keyAfterMs) }
  }
}
