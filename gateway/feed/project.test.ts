/** What each scope may see of a change, and what never gets into the feed that is kept for a day. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Assignment } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import { sampleIncident } from '../testing/samples.ts'
import { projectIncident } from './project.ts'

const order = (state: Assignment['state']): Assignment => ({
  id: id('a1'),
  incidentId: id('i'),
  unitId: id('u1'),
  unitName: '巡防 07 车',
  state,
  offeredAtMs: 0,
  expiresAtMs: 30_000,
  offeredBy: 'operator'
})
const unit: Unit = {
  id: id('u1'),
  name: '巡防 07 车',
  unitClass: 'patrol',
  memberCount: 2,
  vehicle: 'car',
  speedKmh: 36,
  state: 'enRoute',
  members: [],
  position: { point: { lat: 27.033, lon: 119.613, datum: 'wgs84' }, atMs: 1 }
}

test('a stored row never carries where a unit is, neither for the floor nor for the team itself (rule 10)', () => {
  const before = sampleIncident({ state: 'dispatched', assignments: [order('offered')] })
  const rows = projectIncident({ ...before, assignments: [order('enRoute')] }, before, undefined, () => unit)
  const units = rows.filter(row => (row.body as { type: string }).type === 'unit')
  expect(units.map(row => row.scope)).toEqual(['floor', 'unit:u1'])
  expect(units.map(row => (row.body as { unit: Unit }).unit.position)).toEqual([undefined, undefined])
})
