/** Since when nobody waits: by who was taken last, not by a trouble of the tray, and known after a reload. */
import { expect, it } from 'vitest'
import { incident, T0 } from '../testing/samples.ts'
import { quietOf } from './quiet.ts'

it('says when the last one who waited was taken, and when one was filed', () => {
  expect(quietOf([])).toEqual({ nobodyMs: 0, filedMs: 0 })
  const rows = [
    incident('taken', { state: 'acknowledged', acknowledgedAtMs: T0 + 5 }),
    incident('taken again', { state: 'acknowledged', acknowledgedAtMs: T0 + 2, takenAgainAtMs: T0 + 7 }),
    incident('filed', { state: 'closed', acknowledgedAtMs: T0 + 1, closedAtMs: T0 + 30 }),
    incident('ended by itself', { state: 'closed', resolvedAtMs: T0 + 9 }),
    incident('trouble', { priority: 4, alarmClass: 'trouble', acknowledgedAtMs: T0 + 20 })
  ]
  expect(quietOf(rows.slice(0, 3))).toMatchObject({ nobodyMs: T0 + 7 })
  expect(quietOf(rows)).toEqual({ nobodyMs: T0 + 9, filedMs: T0 + 30 })
  expect(quietOf(rows, { takenAtMs: T0 + 12, filedAtMs: T0 + 3 })).toEqual({ nobodyMs: T0 + 12, filedMs: T0 + 30 })
})
