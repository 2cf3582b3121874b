/** What a unit says of the scene: only its lead ends an incident, with words and facts, never under duress; a check stands until it is answered. */
import { expect, test } from 'vitest'
import { a1, assignment, FACTS, go, incidentIn, moved, NOW, told } from '../testing/lifecycle-samples.ts'
import { id } from './brand.ts'
import { mayFinish } from './scene.ts'
import type { Step } from './step.ts'

const a2 = id<typeof a1>('a2')
const finish = (assignmentId = a1, feedback = '嫌疑人已移交民警'): Step => ({
  ...{ kind: 'finish', assignmentId, disposition: 'real-police', feedback, facts: FACTS }
})
const there = (name: typeof a1, arrivedAtMs: number) =>
  assignment({ id: name, unitId: id(`u-${name}`), state: 'arrived', arrivedAtMs })
const scene = (change: object = {}) =>
  incidentIn('onScene', { assignments: [there(a2, 20), there(a1, 10)], onSceneAtMs: 10, ...change })

test('who arrived first ends it: resolved with its feedback, its own order over, the other team leaves by itself', () => {
  const ended = moved(scene(), finish(), NOW)
  expect(ended).toMatchObject({
    ...{ state: 'resolved', disposition: 'real-police', feedback: '嫌疑人已移交民警', resolvedAtMs: NOW },
    ...{ reportedAtMs: NOW, facts: { ...FACTS, atMs: NOW } }
  })
  expect(ended.assignments.map(each => [each.id, each.state])).toEqual([
    ['a2', 'arrived'],
    [a1, 'cleared']
  ])
  expect(told(ended, { kind: 'clear', assignmentId: a2 })).toBe('resolved')
})

test('refused: to the second team, without words, before anybody has acknowledged it, off scene and under duress', () => {
  expect(told(scene(), finish(a2))).toBe('NOT_ALLOWED')
  expect(told(scene(), finish(a1, ' '))).toBe('FEEDBACK_NEEDED')
  expect(told(scene({ owner: undefined }), finish())).toBe('ILLEGAL_TRANSITION')
  expect(told(scene({ duress: true, reportedAtMs: 5 }), finish())).toBe('DURESS_NEEDS_REPORT')
  expect(told(incidentIn('enRoute'), finish())).toBe('OFFER_GONE')
  // The first has left: the second leads.
  const left = scene({ assignments: [there(a2, 20), { ...there(a1, 10), state: 'cleared' }] })
  expect(told(left, finish(a2))).toBe('resolved')
})

test('the phone offers it to whom the gateway lets do it', () => {
  expect([mayFinish(scene(), a1), mayFinish(scene(), 'a2')]).toEqual([true, false])
  expect(mayFinish(scene({ duress: true }), a1)).toBe(false)
  expect(mayFinish(scene({ owner: undefined }), a1)).toBe(false)
  expect(mayFinish(incidentIn('resolved', { assignments: [there(a1, 10)] }), a1)).toBe(false)
})

test('a check stands with the order until the unit says that all is well', () => {
  const asked = moved(scene(), { kind: 'check', assignmentId: a2, check: 'welfare', unit: '二组', minutes: 10 }, NOW)
  expect(asked.rings).toBe(scene().rings + 1)
  expect(asked.assignments.map(each => each.askedAfter)).toEqual([{ check: 'welfare', atMs: NOW }, undefined])
  const answered = moved(asked, { kind: 'safe', assignmentId: a2, atMs: NOW + 1 }, NOW + 1)
  expect(answered.assignments.every(each => each.askedAfter === undefined)).toBe(true)
  expect(answered.rings).toBe(asked.rings)
})

test('what was said before the check, by a phone that was off line, is written down and answers nothing', () => {
  const asked = moved(scene(), { kind: 'check', assignmentId: a1, check: 'welfare', unit: '一组', minutes: 10 }, NOW)
  const minute = 60_000
  const outcome = go(asked, { kind: 'safe', assignmentId: a1, atMs: NOW - 5 * minute }, NOW + minute)
  if (!outcome.ok) throw new Error(outcome.why)
  const late = outcome.incident
  const own = late.assignments.find(each => each.id === a1)
  expect(own).toMatchObject({ askedAfter: { check: 'welfare', atMs: NOW }, safeAtMs: NOW - 5 * minute })
  expect(outcome.line).toMatchObject({ kind: 'note', data: { check: 'safeBefore', minutes: 6 } })
  // At once, by a phone whose clock is some seconds behind.
  const answered = moved(late, { kind: 'safe', assignmentId: a1, atMs: NOW - 10_000 }, NOW + minute)
  expect(answered.assignments.every(each => each.askedAfter === undefined)).toBe(true)
})
