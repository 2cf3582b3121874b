/** A unit's form: no two shifts at one time, no two units of one name, a telephone that can be dialled. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { WeekSpan } from '../core/schedule.ts'
import type { UnitRow } from '../core/unit.ts'
import { checkUnit } from './unit-check.ts'

const CAR: UnitRow = {
  ...{ id: id('unit-car-07'), name: '巡防 07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 32 }
}
const faultsOf = (change: object, before?: UnitRow) => {
  const { id: _, ...draft } = { ...CAR, name: '巡防 08 车', ...change }
  const checked = checkUnit({ ...draft, ...(before ? { id: before.id } : {}) }, before, {
    ...{ hasCell: () => false, units: [CAR, { ...CAR, id: id('unit-other') }] }
  })
  return checked.ok ? [] : checked.faults.map(({ field, code, other = '' }) => `${field} ${code} ${other}`.trim())
}

it('names the shift that another one overlaps, over midnight and from Sunday to Monday too', () => {
  const day: WeekSpan = { days: [1, 2, 3, 4, 5], from: '08:00', to: '20:00' }
  const night: WeekSpan = { days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '08:00' }
  expect(faultsOf({ rota: [day, night] })).toEqual([])
  expect(faultsOf({ rota: [day, night, { ...day, days: [5], from: '12:00' }] })).toEqual(['rota.2.from overlap 1'])
  const sunday: WeekSpan = { days: [7], from: '22:00', to: '06:00' }
  const monday: WeekSpan = { days: [1], from: '05:00', to: '09:00' }
  expect(faultsOf({ rota: [sunday, monday] })).toEqual(['rota.1.from overlap 1'])
  expect(faultsOf({ rota: [monday, sunday] })).toEqual(['rota.1.from overlap 1'])
  expect(faultsOf({ rota: [sunday, { ...monday, from: '06:00' }] })).toEqual([])
  expect(faultsOf({ rota: [{ ...day, from: '00:00', to: '24:00' }, sunday] })).toEqual(['rota.1.from overlap 1'])
})

it('takes no name that another unit has; two that were alike before may be changed', () => {
  expect(faultsOf({ name: ' 巡防 07 车 ' })).toEqual(['name nameTaken unit-car-07'])
  // To the eye the same.
  expect(faultsOf({ name: '巡防\u200b 07 车' })).toEqual(['name nameTaken unit-car-07'])
  expect(faultsOf({ name: '巡防０７车' })).toEqual(['name nameTaken unit-car-07'])
  expect(faultsOf({ name: '巡防 0-7 车' })).toEqual([])
  expect(faultsOf({ name: CAR.name, memberCount: 3 }, CAR)).toEqual([])
})
