/** What counts as a reason to open a private camera: something that somebody can check later; and what a dispatcher may see. */
import { expect, it } from 'vitest'
import { type IncidentId, id, type SourceId } from '../core/brand.ts'
import { mayView, mayViewInFleet } from './camera-access.ts'

it.each([
  ['....', false],
  ['！！！！。。。。', false],
  ['   a b c   ', false],
  ['😀😀😀😀', false],
  [`${'.'.repeat(300)}居民报失`, false],
  ['a-b-c-d', true],
  ['居民报失', true],
  ['案 110 5', true]
])('the reason %j opens a private camera: %s', (reason, opens) => {
  expect(mayView({ ownership: 'private' }, { role: 'operator' }, [], reason).ok).toBe(opens)
})

it('a dispatcher sees into a car of the own fleet while its incident is open, and nothing else', () => {
  const inside = { vehicle: { sourceId: id<SourceId>('jt808:013900000007'), channel: 1 } }
  const own = [id<IncidentId>('i1')]
  expect(mayViewInFleet(inside, { role: 'taxiDispatcher' }, own)).toEqual({
    ok: true,
    basis: 'incident',
    incidentId: 'i1'
  })
  expect(mayViewInFleet(inside, { role: 'taxiDispatcher' }, [])).toEqual({ ok: false, code: 'CAMERA_CLOSED' })
  expect(mayViewInFleet({}, { role: 'taxiDispatcher' }, own)).toEqual({ ok: false, code: 'NOT_ALLOWED' })
  for (const role of ['patrol', 'administrator', 'operator'] as const)
    expect(mayViewInFleet(inside, { role }, own)).toEqual({ ok: false, code: 'NOT_ALLOWED' })
})
