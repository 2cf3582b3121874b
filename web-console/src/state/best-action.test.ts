/** The white button never does nothing. */
import { describe, expect, it } from 'vitest'
import { assignment, incident, OWNER, user } from '../testing/samples.ts'
import { bestAction, type Force, whyNobody } from './best-action.ts'

const NOBODY: Force = { active: 0, proposed: 0, chosen: 0, known: true }

describe('best action', () => {
  const mine = incident('i', { state: 'acknowledged', owner: OWNER })

  it('is dispatch while somebody can be sent or it is not known yet', () => {
    expect(bestAction(mine, user(), { ...NOBODY, proposed: 2, chosen: 1 })).toBe('dispatch')
    expect(bestAction(mine, user(), { ...NOBODY, known: false })).toBe('dispatch')
  })

  it('is verifying, then handing over, where nobody can be sent', () => {
    expect(bestAction(mine, user(), NOBODY)).toBe('verify')
    expect(bestAction(incident('i', { state: 'verifying', owner: OWNER }), user(), NOBODY)).toBe('handOver110')
  })

  it('is resolving where a unit was and has finished, not where it was called off', () => {
    const order = assignment({ arrivedAtMs: 5, endedAtMs: 9 })
    const scene = (state: 'cleared' | 'recalled') =>
      incident('i', { state: 'onScene', owner: OWNER, assignments: [{ ...order, state }] })
    expect(bestAction(scene('cleared'), user(), { ...NOBODY, proposed: 1, chosen: 1 })).toBe('resolve')
    expect(bestAction(scene('recalled'), user(), { ...NOBODY, proposed: 1, chosen: 1 })).toBe('dispatch')
    expect(bestAction(scene('recalled'), user(), { ...NOBODY, active: 1 })).toBeUndefined()
  })

  it('says why nobody is sent', () => {
    expect(whyNobody(NOBODY)).toBe('noUnit')
    expect(whyNobody({ ...NOBODY, proposed: 1 })).toBe('chooseUnit')
    expect(whyNobody({ ...NOBODY, known: false })).toBeUndefined()
    expect(whyNobody({ ...NOBODY, proposed: 1, chosen: 1 })).toBeUndefined()
  })
})
