/** What is left of a way: from where the phone is along the rest of the road, with the time that belongs to it. */
import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import type { PatrolWay } from '../../../../gateway/core/wire.ts'
import en from '../../i18n/en/patrol.json' with { type: 'json' }
import { wayFrom, wayWords } from './own-way.ts'

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

test('a phone that does not know where it is names no direction', () => {
  const t = ((key: string, values: Readonly<Record<string, string>> = {}) => {
    const text = key
      .slice('patrol:'.length)
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], en)
    return String(text).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]))
  }) as unknown as TFunction
  expect(wayWords(WAY, '350 m north', t)).toBe('By road · 350 m north')
  expect(wayWords(WAY, undefined, t)).toBe('by road · Looking for the position')
})
