/** When the proposals for an incident are asked for again: at once for another state of a unit, not for its place. */
import { expect, it } from 'vitest'
import { T0, unit } from '../../testing/samples.ts'
import { otherStates } from './use-detail.ts'

const at = (lon: number) => ({ point: { lat: 27, lon, datum: 'wgs84' as const }, atMs: T0 })
const mapOf = (...all: ReturnType<typeof unit>[]) => new Map(all.map(each => [each.id, each]))

it('another place is no other state; an order, a unit more and a unit less are', () => {
  const before = mapOf(unit('u1', { position: at(119.6) }), unit('u2', {}))
  expect(otherStates(before, before)).toBe(false)
  expect(otherStates(before, mapOf(unit('u1', { position: at(119.7) }), unit('u2', {})))).toBe(false)
  expect(otherStates(before, mapOf(unit('u1', {}), unit('u2', { state: 'enRoute' })))).toBe(true)
  expect(otherStates(before, mapOf(unit('u1', {})))).toBe(true)
  expect(otherStates(before, mapOf(unit('u1', {}), unit('u2', {}), unit('u3', {})))).toBe(true)
  expect(otherStates(before, mapOf(unit('u1', {}), unit('u3', {})))).toBe(true)
})
