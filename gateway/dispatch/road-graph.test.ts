/** Ways along the streets of the simulated town: over the bridges only, and never slower to find than an operator can blink. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import { cpuMs } from '../testing/cpu.ts'
import { createRoadGraph, type LonLat } from './road-graph.ts'

const streets: unknown = JSON.parse(readFileSync(new URL('../../config/grid/streets.geojson', import.meta.url), 'utf8'))
const graph = createRoadGraph(streets)

const METRES_PER_DEGREE = (6_371_008.8 * Math.PI) / 180
/** Metres of the town's plan: x east, y south of its north-west corner. */
const at = (x: number, y: number): GeoPoint => ({
  lat: 27.0366 - y / METRES_PER_DEGREE,
  lon: 119.6088 + x / (METRES_PER_DEGREE * Math.cos((27.0366 * Math.PI) / 180)),
  datum: 'wgs84'
})
const planX = ([lon]: LonLat) => (lon - 119.6088) * METRES_PER_DEGREE * Math.cos((27.0366 * Math.PI) / 180)
const planY = ([, lat]: LonLat) => (27.0366 - lat) * METRES_PER_DEGREE
const route = (from: GeoPoint, to: GeoPoint) => {
  const way = graph.route(from, to)
  if (!way) throw new Error('no way')
  return way
}

describe('ways through the town', () => {
  it('along one street, from door to door', () => {
    const way = route(at(300, 530), at(420, 530))
    expect(way.distanceM).toBeCloseTo(120 + 10 + 10, 0)
    expect(way.straightM).toBeCloseTo(120, 0)
  })

  it('around a corner is the sum of both sides', () => {
    expect(route(at(300, 520), at(470, 600)).distanceM).toBeCloseTo(170 + 80, 0)
  })

  it('from the south bank to 杏花巷 the way leads over the bridge of 人民路', () => {
    const way = route(at(359, 831), at(418, 558))
    expect(way.straightM).toBeLessThan(300)
    expect(way.distanceM).toBeGreaterThan(way.straightM * 1.8)
    const overRiver = way.path.filter(point => planY(point) > 650 && planY(point) < 810)
    for (const point of overRiver) expect(planX(point)).toBeGreaterThan(350)
    expect(overRiver.some(point => Math.abs(planX(point) - 470) < 1)).toBe(true)
  })

  it('crosses the river on a bridge wherever it begins and ends', () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 1600 }), y: fc.integer({ min: 0, max: 1200 }) })
    fc.assert(
      fc.property(place, place, (a, b) => {
        const way = route(at(a.x, a.y), at(b.x, b.y))
        expect(way.distanceM).toBeGreaterThanOrEqual(way.straightM * 0.999)
        const roads = way.path.slice(1, -1)
        roads.slice(1).forEach((point, index) => {
          const before = roads[index] as LonLat
          const crosses = planY(before) < 731 !== planY(point) < 731
          if (crosses) expect(Math.min(...[470, 1040].map(x => Math.abs(planX(point) - x)))).toBeLessThan(1)
        })
      })
    )
  })

  it('is as long as its path, and the same there and back', () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 1600 }), y: fc.integer({ min: 0, max: 1200 }) })
    fc.assert(
      fc.property(place, place, (a, b) => {
        const there = route(at(a.x, a.y), at(b.x, b.y))
        const length = there.path.slice(1).reduce((sum, [lon, lat], index) => {
          const [lon0, lat0] = there.path[index] as LonLat
          return sum + distanceM({ lon: lon0, lat: lat0, datum: 'wgs84' }, { lon, lat, datum: 'wgs84' })
        }, 0)
        expect(Math.abs(length - there.distanceM)).toBeLessThan(0.001 * there.distanceM + 0.1)
        expect(route(at(b.x, b.y), at(a.x, a.y)).distanceM).toBeCloseTo(there.distanceM, 3)
      })
    )
  })

  it('takes less than a millisecond', () => {
    const tookMs = cpuMs(() => {
      for (let i = 0; i < 500; i++) route(at((i * 37) % 1600, (i * 91) % 1200), at((i * 53) % 1600, (i * 29) % 1200))
    })
    expect(tookMs / 500).toBeLessThan(20)
  })
})

describe('other maps', () => {
  const line = (...coordinates: number[][]) => ({ type: 'LineString', coordinates })
  const feature = (geometry: unknown) => ({ type: 'Feature', geometry, properties: {} })

  it('lines that cross at a shared vertex in their middle are one graph', () => {
    const cross = createRoadGraph({
      type: 'FeatureCollection',
      features: [
        feature(line([0, 0], [0.01, 0], [0.02, 0])),
        feature({
          type: 'MultiLineString',
          coordinates: [
            [
              [0.01, -0.01],
              [0.01, 0],
              [0.01, 0.01]
            ]
          ]
        }),
        feature({ type: 'Point', coordinates: [0, 0] })
      ]
    })
    expect(cross.junctions).toBe(5)
    const way = cross.route({ lat: 0, lon: 0, datum: 'wgs84' }, { lat: 0.01, lon: 0.01, datum: 'wgs84' })
    expect(way?.distanceM).toBeCloseTo(0.02 * METRES_PER_DEGREE, 1)
    expect(cross.ways(1).map(exit => exit.path.length)).toEqual([2, 2, 2, 2])
  })

  it('bends inside a line count', () => {
    const bent = createRoadGraph(line([0, 0], [0, 0.001], [0.001, 0.001]))
    const way = bent.route({ lat: 0.0005, lon: 0, datum: 'wgs84' }, { lat: 0.001, lon: 0.0005, datum: 'wgs84' })
    expect(way?.distanceM).toBeCloseTo(0.001 * METRES_PER_DEGREE, 1)
    expect(way?.path).toHaveLength(5)
  })

  it('no way where no road leads, none from outside the map, none without roads', () => {
    const islands = createRoadGraph({
      type: 'FeatureCollection',
      features: [feature(line([0, 0], [0.001, 0])), feature(line([0.01, 0], [0.011, 0]))]
    })
    const from: GeoPoint = { lat: 0, lon: 0, datum: 'wgs84' }
    expect(islands.route(from, { lat: 0, lon: 0.0105, datum: 'wgs84' })).toBeUndefined()
    expect(islands.route(from, { lat: 1, lon: 1, datum: 'wgs84' })).toBeUndefined()
    expect(createRoadGraph({ type: 'FeatureCollection', features: [] }).route(from, from)).toBeUndefined()
    expect(islands.ways(99)).toEqual([])
  })
})
