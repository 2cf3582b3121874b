/** Each time of an incident is measured once, however often it is put back and taken again. */
import { expect, test } from 'vitest'
import type { Step } from '../core/step.ts'
import { factOf } from '../reports/facts.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { incidentIn, lin, moved, NOW } from '../testing/lifecycle-samples.ts'
import { observe } from './observe.ts'

test('the first acknowledgement is the answer; what was put back and taken again counts no second one', () => {
  const answers: number[] = []
  const nothing = () => undefined
  const metrics = {
    ...{ deliveryLatency: nothing, dispatchTime: nothing, responseTime: nothing },
    answerTime: (ms: number) => void answers.push(ms)
  }
  const clock = createFakeClock(NOW)
  const acknowledge: Step = { kind: 'acknowledge', owner: lin }
  const steps: readonly (readonly [Step, number])[] = [
    [acknowledge, NOW + 2_500],
    [{ kind: 'release', owner: lin }, NOW + 80_000],
    [acknowledge, NOW + 327_000]
  ]
  let incident = incidentIn('new', { openedAtMs: NOW })
  for (const [step, atMs] of steps) {
    const after = moved(incident, step, atMs)
    observe(metrics, clock, after, incident)
    incident = after
  }
  expect(answers).toEqual([2_500])
  expect(factOf(incident, '').answerMs).toBe(2_500)
})
