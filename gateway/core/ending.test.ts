/** How an incident ends: what must be known before, who reviews it, and what duress asks for. */
import { describe, expect, test } from 'vitest'
import { a1, FACTS, FIGHT, han, incidentIn, lin, moved, NOW, told, VIOLENCE } from '../testing/lifecycle-samples.ts'
import { id } from './brand.ts'
import type { Disposition, IncidentState, Owner } from './incident.ts'
import { REOPEN_MS } from './lifecycle.ts'
import type { Step } from './step.ts'

const NO = 'ILLEGAL_TRANSITION'
const STEPS = {
  nature: { kind: 'verify', owner: lin, nature: 'violence', category: VIOLENCE },
  categorize: { kind: 'categorize', owner: lin, category: FIGHT, nature: 'violence' },
  setPriority: { kind: 'setPriority', owner: lin, priority: 2 },
  report: { kind: 'report', assignmentId: a1, text: '已核实' },
  dismiss: { kind: 'resolve', owner: lin, disposition: 'false-misuse', feedback: '误触', facts: FACTS },
  resolve: { kind: 'resolve', owner: lin, disposition: 'real-police', feedback: '处置', facts: FACTS },
  feedback: { kind: 'feedback', owner: lin, asLeader: false, disposition: 'real-police', facts: FACTS },
  returned: { kind: 'returnFeedback', owner: han, reason: '伤亡未填' },
  reopen: { kind: 'reopen', owner: lin, asLeader: false, reason: '又响' },
  close: { kind: 'close', owner: lin }
} as const satisfies Readonly<Record<string, Step>>

describe('early end', () => {
  const end = (
    state: IncidentState,
    disposition: 'false-misuse' | 'test' | 'real-police' | 'nobody-found',
    feedback?: string
  ) => told(incidentIn(state), { kind: 'resolve', owner: lin, disposition, feedback, facts: FACTS })

  test('before verification only false, test or duplicate; before a unit only with words', () => {
    expect(end('acknowledged', 'false-misuse')).toBe(NO)
    expect(end('acknowledged', 'false-misuse', ' ')).toBe(NO)
    expect(end('acknowledged', 'test', '试报')).toBe('resolved')
    expect(end('acknowledged', 'nobody-found', '无人')).toBe(NO)
    expect(end('verifying', 'real-police')).toBe(NO)
    expect(end('verifying', 'real-police', '已移交 110')).toBe('resolved')
    expect(end('onScene', 'real-police')).toBe('resolved')
  })
})

describe('category, feedback and review', () => {
  test('a nature names its category, and takes nothing from what was said more closely', () => {
    const found = moved(incidentIn('acknowledged'), STEPS.nature)
    expect(found).toMatchObject({ nature: 'violence', category: VIOLENCE })
    const closer = moved(found, STEPS.categorize)
    expect(moved(closer, STEPS.nature).category).toEqual(FIGHT)
    const other = {
      kind: 'verify',
      owner: lin,
      nature: 'fire',
      category: { code: '4', zh: '火情', en: 'Fire' }
    } as const
    expect(moved(closer, other)).toMatchObject({ nature: 'fire', category: { code: '4' } })
  })

  test('only the owner says the category and the feedback; a leader amends it after the end', () => {
    expect(told(incidentIn('verifying'), { ...STEPS.categorize, owner: han })).toBe('NOT_OWNER')
    const by = (asLeader: boolean) => ({ ...STEPS.feedback, owner: han, asLeader }) as Step
    expect([told(incidentIn('onScene'), by(true)), told(incidentIn('resolved'), by(false))]).toEqual([
      'NOT_OWNER',
      'NOT_OWNER'
    ])
    expect(told(incidentIn('resolved'), by(true))).toBe('resolved')
  })

  test('what was given before is the feedback of the end, with its words; a new one replaces it', () => {
    const given = moved(incidentIn('onScene'), { ...STEPS.feedback, feedback: '已送医' }, NOW + 5)
    const bare: Step = { kind: 'resolve', owner: lin, disposition: 'real-medical' }
    const facts = { ...FACTS, atMs: NOW + 5 }
    expect(moved(given, bare, NOW + 9)).toMatchObject({ disposition: 'real-medical', feedback: '已送医', facts })
    expect(moved(given, { ...bare, facts: FACTS }, NOW + 9).feedback, 'said anew without words').toBe('已送医')
    const anew = moved(given, STEPS.resolve, NOW + 9)
    expect(anew).toMatchObject({ feedback: '处置', facts: { ...FACTS, atMs: NOW + 9 } })
    expect(moved(anew, STEPS.reopen)).toMatchObject({ facts: undefined, feedback: undefined })
  })

  test('a returned feedback is amended before it is filed, by nobody and no time otherwise', () => {
    const returned = moved(incidentIn('resolved', { priority: 3 }), STEPS.returned)
    expect(returned.review).toMatchObject({ verdict: 'returned', by: '韩梅', reason: '伤亡未填' })
    expect(told(returned, STEPS.close)).toBe('FEEDBACK_NEEDED')
    expect(told(returned, { kind: 'close' }, NOW + REOPEN_MS)).toBe('FEEDBACK_NEEDED')
    const amended = moved(returned, STEPS.feedback)
    expect(amended.review).toBeUndefined()
    expect(moved(amended, { kind: 'close', owner: han })).toMatchObject({
      state: 'closed',
      review: { verdict: 'passed', by: '韩梅' }
    })
    expect(moved(amended, { kind: 'close' }, NOW + REOPEN_MS).review).toBeUndefined()
    const bare = incidentIn('resolved', { facts: undefined, sop: { version: 1, ticks: [] } })
    expect(told(bare, STEPS.close)).toBe('FEEDBACK_NEEDED')
    expect(told({ ...bare, sop: undefined }, STEPS.close), 'resolved before there was feedback').toBe('closed')
  })
})

describe('duress', () => {
  test('needs a report from the scene or a second person, and stays priority 1', () => {
    const duress = incidentIn('verifying', { duress: true })
    expect(told(duress, STEPS.dismiss)).toBe('DURESS_NEEDS_REPORT')
    expect(
      told(duress, { kind: 'resolve', owner: lin, disposition: 'real-police', facts: FACTS, secondPerson: 'lin' })
    ).toBe('DURESS_NEEDS_REPORT')
    expect(
      told(duress, { kind: 'resolve', owner: lin, disposition: 'real-police', facts: FACTS, secondPerson: 'han' })
    ).toBe('resolved')
    const scene = incidentIn('onScene', { duress: true })
    expect(told(scene, STEPS.resolve)).toBe('DURESS_NEEDS_REPORT')
    const reported = moved(scene, STEPS.report)
    const resolved = moved(reported, STEPS.resolve)
    expect(resolved.state).toBe('resolved')
    // Reopened it needs a report of its own.
    const again = moved(resolved, STEPS.reopen)
    expect(told(again, STEPS.dismiss)).toBe('DURESS_NEEDS_REPORT')
    expect(told(duress, STEPS.setPriority)).toBe(NO)
  })
})

test('after the end the result of one under duress is changed by a leader only, its words also by its owner', () => {
  const ended = incidentIn('resolved', { duress: true, disposition: 'real-police' })
  const amend = (disposition: Disposition, owner: Owner, asLeader: boolean) =>
    told(ended, { kind: 'feedback', owner, asLeader, disposition, facts: FACTS })
  expect(amend('false-misuse', lin, false)).toBe('DURESS_NEEDS_REPORT')
  expect(amend('real-police', lin, false)).toBe('resolved')
  expect(amend('false-misuse', han, true)).toBe('resolved')
  expect(told(incidentIn('onScene', { duress: true, disposition: 'real-police' }), STEPS.feedback)).toBe('onScene')
  expect(told({ ...ended, duress: false }, { ...STEPS.feedback, disposition: 'false-misuse' })).toBe('resolved')
})

describe('merging', () => {
  const merge: Step = { kind: 'merge', owner: lin, into: id('other'), number: '1122-0001', facts: FACTS }

  test('ends it as a duplicate, linked with the one that goes on; reopened it goes on by itself', () => {
    const merged = moved(incidentIn('verifying', { linked: [id('third')] }), merge)
    expect(merged).toMatchObject({
      state: 'resolved',
      disposition: 'duplicate',
      mergedInto: '1122-0001',
      linked: ['third', 'other']
    })
    expect(moved(merged, STEPS.reopen)).toMatchObject({ state: 'acknowledged', mergedInto: undefined })
  })

  test('not under duress, not into itself, not while a unit is sent, not by another seat', () => {
    expect(told(incidentIn('verifying', { duress: true, reportedAtMs: NOW }), merge)).toBe(NO)
    expect(told(incidentIn('verifying', { id: id('other') }), merge)).toBe(NO)
    expect(told(incidentIn('dispatched'), merge)).toBe(NO)
    expect(told(incidentIn('dispatched', { assignments: [] }), merge)).toBe('resolved')
    expect(told(incidentIn('verifying'), { ...merge, owner: han })).toBe('NOT_OWNER')
  })
})
