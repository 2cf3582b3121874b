/** What is left of a way: from where the phone is along the rest of the road, with the time that belongs to it. */
import { expect, test } from 'vitest'
import type { PatrolWay } from '../../../../gateway/core/wire.ts'
import { wayFrom } from './own-way.ts'

/** 1.1 km to the east, 1.1 km to the north. */
const WAY: PatrolWay = {
  by: 'road',
  path: [
    [0, 0],
    [0.01, 0],
    [0.01, 0.01]
  ],
  distanceM: 2_224,
  etaS: 400
}

test('half of the first street is behind: three quarters are left, of the time too', () => {
  expect(wayFrom(WAY, { lat: 0.0001, lon: 0.005 })).toMatchObject({
    path: [
      [0.005, 0.0001],
      [0.01, 0],
      [0.01, 0.01]
    ]
  })
  const left = wayFrom(WAY, { lat: 0, lon: 0.005 })
  expect([left.distanceM, left.etaS]).toEqual([1_668, 300])
})

test('round the corner the first street is no longer drawn', () => {
  const { path, etaS } = wayFrom(WAY, { lat: 0.005, lon: 0.01 })
  expect([path, etaS]).toEqual([
    [
      [0.01, 0.005],
      [0.01, 0.01]
    ],
    100
  ])
})

test('off the way it stands as it was told', () => {
  expect(wayFrom(WAY, { lat: 0.005, lon: 0.003 })).toBe(WAY)
})
