/** Availability by grid cell, added up by hand. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { CameraDays } from '../core/camera-health-wire.ts'
import { cameraLinesOf } from './cameras.ts'

const days: CameraDays = {
  days: ['2026-11-26', '2026-11-27', '2026-11-28'],
  cameras: [
    {
      id: id('a1'),
      days: [
        [1, 1, 1],
        [80_000, 6_400, 0],
        [90, 10, 300]
      ]
    },
    { id: id('a2'), days: [null, [86_400, 0, 0], null] },
    {
      id: id('b1'),
      days: [
        [9, 9, 9],
        [0, 50, 0],
        [50, 0, 0]
      ]
    },
    {
      id: id('never'),
      days: [
        [5, 5, 5],
        [0, 0, 0],
        [0, 0, 0]
      ]
    },
    {
      id: id('gone'),
      days: [
        [5, 5, 5],
        [5, 5, 5],
        [5, 5, 5]
      ]
    }
  ]
}
const rows = [
  { id: id<never>('a1'), gridCell: '杏花巷' },
  { id: id<never>('a2'), gridCell: '杏花巷' },
  { id: id<never>('b1') },
  { id: id<never>('never'), gridCell: '西街' }
]

it('adds up the days of the report, the worst cell first; who was not watched counts nowhere', () => {
  expect(cameraLinesOf(rows, days, { fromDay: '2026-11-27', toDay: '2026-12-31' })).toEqual([
    { gridName: '', cameras: 1, liveS: 50, downS: 50, plannedS: 0 },
    { gridName: '杏花巷', cameras: 2, liveS: 166_490, downS: 6_410, plannedS: 300 }
  ])
  expect(cameraLinesOf(rows, days, { fromDay: '2026-10-01', toDay: '2026-10-31' })).toEqual([])
})
