/** A patrol route's form: every fault beside its field, and which point is the one of before. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { PatrolRoute } from '../core/patrol-route.ts'
import { EMPTY_REGISTRY } from './load.ts'
import { checkRoute } from './route-check.ts'
import { createRows } from './rows.ts'

const BEFORE: PatrolRoute = {
  ...{ id: 'r1', name: '东线', unitIds: [id('u1')], spans: [{ days: [5, 6], from: '22:00', to: '02:00' }] },
  points: [{ id: 'p1', name: '东门', position: { lat: 27.01, lon: 119.6, datum: 'wgs84' }, radiusM: 50 }]
}

test('every fault of a route is named', () => {
  const known = {
    ...{ hasCell: () => false, hasUnit: (unitId: string) => unitId === 'u1', routes: [BEFORE] },
    cells: createRows(EMPTY_REGISTRY).cells
  }
  const bad = checkRoute(
    {
      ...{ name: ' ', gridCellId: 'x', unitIds: ['u1', 'u9'], rota: [{ days: [], from: '8', to: '08:00' }] },
      points: [{ name: '', lat: 0, lon: 0, radiusM: 5 }]
    },
    undefined,
    known
  )
  expect(bad.ok ? [] : bad.faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
    ...['name required', 'gridCellId noCell', 'unitIds noUnit', 'rota.0.days days', 'rota.0.from clock'],
    ...['points.0.name required', 'points.0.place coordinate', 'points.0.radiusM range']
  ])
  const empty = checkRoute({ name: '东线', unitIds: [], rota: [], points: [] }, undefined, known)
  expect(empty.ok ? [] : empty.faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
    ...['name nameTaken', 'unitIds noUnit', 'rota atLeastOne', 'points atLeastOne']
  ])
  const point = { id: 'p1', name: '东门', lat: 27.01, lon: 119.6, radiusM: 50 }
  const again = {
    id: 'r1',
    name: '东线',
    unitIds: ['u1'],
    rota: BEFORE.spans,
    points: [point, { ...point, id: 'foreign' }]
  }
  const changed = checkRoute(again, BEFORE, known)
  expect(changed.ok && changed.row.points.map(each => each.id === 'p1')).toEqual([true, false])
})
