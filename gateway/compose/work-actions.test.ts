/** What is left out of a feedback 反馈 is what was given before, and never none. */
import { expect, it } from 'vitest'
import type { Incident } from '../core/incident.ts'
import type { FeedbackForm } from '../core/work-wire.ts'
import { FACTS, FIGHT, incidentIn, lin, NOW, VIOLENCE } from '../testing/lifecycle-samples.ts'
import { workStepOf } from './work-actions.ts'

const FALSE = FACTS.category
const HURT = { category: FIGHT, injured: 2, dead: 1, lossYuan: 800, by: '巡防 09 车', atMs: NOW }

const NO = async (code: string): Promise<never> => Promise.reject(new Error(code))

const factsBy = async (form: FeedbackForm, more: Partial<Incident>) => {
  const step = await workStepOf(
    { action: 'resolve', ...form },
    {
      ...{
        owner: lin,
        asLeader: false,
        sop: { book: async () => Promise.reject(new Error('no book')) },
        handOverTimeoutMs: 1,
        refuse: NO
      },
      incident: incidentIn('verifying', { category: VIOLENCE, ...more }),
      categories: {
        of: (code: string) => [FALSE, FIGHT, VIOLENCE].find(each => each.code === code),
        forDisposition: (disposition: string) => (disposition.startsWith('false') ? FALSE : undefined)
      } as never
    }
  )
  return step.kind === 'resolve' ? step.facts : undefined
}

it('an end with its result alone keeps who was hurt, what it was and who said so', async () => {
  const { atMs: _, ...given } = HURT
  expect(await factsBy({ disposition: 'real-police' }, { disposition: 'real-police', facts: HURT })).toEqual(given)
  const other = await factsBy({ disposition: 'false-misuse' }, { disposition: 'real-police', facts: HURT })
  expect(other).toEqual({ ...given, category: FALSE })
})

it('what is given anew replaces it, also none; without anything before it is none', async () => {
  const anew = { disposition: 'real-police', category: '2', injured: 0, by: '班长' } as const
  expect(await factsBy(anew, { disposition: 'real-police', facts: HURT })).toEqual({
    ...{ category: VIOLENCE, injured: 0, dead: 1, lossYuan: 800, by: '班长' }
  })
  expect(await factsBy({ disposition: 'real-police' }, {})).toEqual({
    ...{ category: VIOLENCE, injured: 0, dead: 0, lossYuan: 0, by: '林晓' }
  })
})
