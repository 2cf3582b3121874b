/** 移交 as a table: asked, answered, refused, overdue, each once; by the owner, an answer by a leader too and after the end. */
import { describe, expect, test } from 'vitest'
import { han, incidentIn, lin, moved, NOW, told } from '../testing/lifecycle-samples.ts'
import { applyHandOver, type HandOverStep, overdueHandOver } from './hand-over.ts'
import type { IncidentState } from './incident.ts'

const NO = 'ILLEGAL_TRANSITION'
const ask = (over: Partial<Extract<HandOverStep, { kind: 'handOver110' }>> = {}) =>
  ({ kind: 'handOver110', owner: lin, id: 'h1', to: '110', timeoutMs: 60_000, ...over }) as const
const answer = (over: Partial<Extract<HandOverStep, { kind: 'handOverAnswer' }>> = {}) =>
  ({ kind: 'handOverAnswer', owner: lin, asLeader: false, handOver: 'h1', accepted: true, ...over }) as const
const due = { kind: 'handOverDue', handOver: 'h1' } as const
const asked = (state: IncidentState = 'verifying') => {
  const before = moved(incidentIn('verifying'), ask())
  return incidentIn(state, { handOvers: before.handOvers, rings: before.rings })
}

describe('state × step', () => {
  test.each([
    ['new', NO, NO, 'new'],
    ['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged'],
    ['verifying', 'verifying', 'verifying', 'verifying'],
    ['dispatched', 'dispatched', 'dispatched', 'dispatched'],
    ['enRoute', 'enRoute', 'enRoute', 'enRoute'],
    ['onScene', 'onScene', 'onScene', 'onScene'],
    ['resolved', NO, 'resolved', NO],
    ['closed', NO, NO, NO]
  ] as const)('%s: asked → %s, answered → %s, overdue → %s', (state, onAsk, onAnswer, onDue) => {
    expect(told(incidentIn(state), ask())).toBe(onAsk)
    expect(told(asked(state), answer())).toBe(onAnswer)
    expect(told(asked(state), due, NOW + 60_000)).toBe(onDue)
  })
})

test('asked it waits for their answer; with their number it is accepted at once', () => {
  expect(asked().handOvers?.[0]).toEqual({
    ...{ id: 'h1', service: '110', state: 'asked', lead: 'them', by: '林晓', atMs: NOW, dueAtMs: NOW + 60_000 }
  })
  const at = moved(incidentIn('verifying'), ask({ orderNumber: ' 35070 ', officer: '  ', lead: 'us' })).handOvers?.[0]
  expect(at).toMatchObject({ state: 'accepted', orderNumber: '35070', lead: 'us', answeredAtMs: NOW })
  expect(at?.officer).toBeUndefined()
})

test('one at a time to each service; what was refused is asked again', () => {
  expect(told(asked(), ask({ id: 'h2' }))).toBe(NO)
  expect(told(asked(), ask({ id: 'h2', to: '120' }))).toBe('verifying')
  const refused = moved(asked(), answer({ accepted: false, reason: '不属本辖区' }), NOW + 9)
  expect(refused.handOvers?.[0]).toMatchObject({
    state: 'refused',
    lead: 'us',
    reason: '不属本辖区',
    answeredAtMs: NOW + 9
  })
  expect(moved(refused, ask({ id: 'h2' })).handOvers).toHaveLength(2)
  expect(told(asked(), answer({ accepted: false, reason: ' ' }))).toBe(NO)
})

test('an answer comes once, from the owner or a leader, for a hand-over there is', () => {
  const accepted = moved(asked(), answer({ orderNumber: '35070', officer: '王警官' }), NOW + 5)
  expect(accepted.handOvers?.[0]).toMatchObject({ state: 'accepted', officer: '王警官', answeredAtMs: NOW + 5 })
  expect(told(accepted, answer())).toBe(NO)
  expect(told(asked(), answer({ owner: han }))).toBe('NOT_OWNER')
  expect(told(asked(), answer({ owner: han, asLeader: true }))).toBe('verifying')
  expect(told(asked(), answer({ handOver: 'h9' }))).toBe('NOT_FOUND')
})

test('overdue the floor is told once, with a ring, and never before its time', () => {
  const incident = asked()
  expect(overdueHandOver(incident, NOW + 59_999)).toBeUndefined()
  expect(told(incident, due, NOW + 59_999)).toBe(NO)
  expect(overdueHandOver(incident, NOW + 60_000)?.id).toBe('h1')
  const rung = moved(incident, due, NOW + 60_000)
  expect(rung).toMatchObject({ rings: incident.rings + 1, handOvers: [{ overdueAtMs: NOW + 60_000 }] })
  expect([overdueHandOver(rung, NOW + 99_000), told(rung, due, NOW + 99_000)]).toEqual([undefined, NO])
  expect(told(rung, answer(), NOW + 99_000)).toBe('verifying')
})

test('no more than twenty', () => {
  const refused = moved(asked(), answer({ accepted: false, reason: '占线' })).handOvers ?? []
  const many = incidentIn('verifying', { handOvers: Array.from({ length: 20 }, () => refused[0] as never) })
  expect(applyHandOver(many, ask({ id: 'h21' }), true, NOW)).toMatchObject({ ok: false, why: 'no more hand-overs fit' })
})
