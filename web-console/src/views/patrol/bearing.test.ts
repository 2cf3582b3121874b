/** Distance and direction, against points whose answer is known. */
import { describe, expect, it } from 'vitest'
import { compass, straightM } from './bearing.ts'

const town = { lat: 27.03, lon: 119.61 }

describe('bearing', () => {
  it('measures a thousandth of a degree of latitude as 111 m', () => {
    expect(straightM(town, { lat: 27.031, lon: 119.61 })).toBeCloseTo(111.2, 0)
    expect(straightM(town, { lat: 27.03, lon: 119.611 })).toBeCloseTo(99, 0)
  })

  it('knows the eight directions', () => {
    const to = (lat: number, lon: number) => compass(town, { lat: town.lat + lat, lon: town.lon + lon })
    expect([to(1, 0), to(1, 1), to(0, 1), to(-1, 1), to(-1, 0), to(-1, -1), to(0, -1), to(1, -1)]).toEqual([
      'n',
      'ne',
      'e',
      'se',
      's',
      'sw',
      'w',
      'nw'
    ])
  })
})
