/** The words for how an incident stands, where a unit has left or nobody has taken it. */
import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import type { Incident } from '../../../gateway/core/incident.ts'
import { hasNobodyThere } from '../../../gateway/core/incident-state.ts'
import { leftSceneAtMs } from '../state/target.ts'
import { stateText } from './incident-state.ts'

const t = ((key: string) => key) as TFunction
const told = (over: Partial<Incident>) => stateText({ state: 'onScene', assignments: [], ...over } as Incident, t)
const owner = { userId: 'lin', name: '林晓' } as Incident['owner']
const order = (state: string) => [{ state, arrivedAtMs: 5, endedAtMs: 9 }] as unknown as Incident['assignments']

test('a unit that has left is not told as on scene, and an incident that nobody took says so', () => {
  expect(told({ owner, assignments: order('arrived') })).toBe('words:state.onScene')
  expect(told({ owner, assignments: order('cleared') })).toBe('words:leftScene')
  expect(told({ assignments: order('cleared') })).toBe('words:unowned · words:leftScene')
  expect(told({ state: 'enRoute' })).toBe('words:unowned · words:state.enRoute')
  expect(told({ state: 'new' })).toBe('words:state.new')
})

test('the gateway says of the same incidents as the queue that nobody is there', () => {
  const cases: readonly Partial<Incident>[] = [
    ...['arrived', 'cleared'].map(state => ({ assignments: order(state) })),
    ...[{ assignments: [...order('cleared'), ...order('arrived')] }, { assignments: [] }],
    ...[{ state: 'resolved' as const, assignments: order('cleared') }]
  ]
  const incidents = cases.map(over => ({ state: 'onScene', assignments: [], ...over }) as unknown as Incident)
  expect(incidents.map(hasNobodyThere)).toEqual([false, true, false, false, false])
  expect(incidents.map(each => leftSceneAtMs(each) !== undefined)).toEqual(incidents.map(hasNobodyThere))
})
