/** Taxis and patrols stay on the streets, at their speed, and get where they are sent. */

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { distanceM, type GeoPoint } from '../../gateway/core/geo.ts'
import { junctionNear, Mover, type MoverOptions, type Place, randomOf } from './mover.ts'
import { ROOT } from './plan.ts'
import { readTown } from './scenario.ts'

const town = readTown(join(ROOT, 'config/scenarios/town.yaml'))
const point = ({ lat, lon }: Pick<Place, 'lat' | 'lon'>): GeoPoint => ({ lat, lon, datum: 'wgs84' })

function mover(more: Partial<MoverOptions> = {}): Mover {
  return new Mover({ roads: town.roads, junction: 10, speedKmh: [20, 45], random: randomOf(7), nowMs: 0, ...more })
}

/** Metres from the nearest street: the way to a place's own nearest road and back is all that such a route has. */
function offRoadM(place: Place): number {
  return (town.roads.route(point(place), point(place))?.distanceM ?? Number.POSITIVE_INFINITY) / 2
}

describe('driving on', () => {
  it('never leaves the streets, never jumps, keeps between its speeds', () => {
    const taxi = mover()
    let before = taxi.at(0)
    for (let second = 1; second < 3_600; second++) {
      const now = taxi.at(second * 1000)
      expect(offRoadM(now)).toBeLessThan(0.5)
      expect(distanceM(point(before), point(now))).toBeLessThan(45 / 3.6 + 0.5)
      expect(now.speedKmh).toBeGreaterThanOrEqual(20)
      expect(now.speedKmh).toBeLessThanOrEqual(45)
      before = now
    }
  })

  it('sees the town in an hour, the same one every time', () => {
    const visit = () => {
      const taxi = mover()
      return Array.from({ length: 120 }, (_, i) => taxi.at(i * 30_000))
    }
    const places = visit()
    expect(visit()).toEqual(places)
    expect(new Set(places.map(place => `${place.lat.toFixed(3)} ${place.lon.toFixed(3)}`)).size).toBeGreaterThan(20)
  })

  it('a patrol stays near where its round begins', () => {
    const { start } = town.units[0] ?? { start: [0, 0] as const }
    const patrol = mover({ junction: junctionNear(town.roads, start), roundM: 260 })
    for (let i = 0; i < 500; i++)
      expect(distanceM(point(patrol.at(i * 5_000)), { lon: start[0], lat: start[1], datum: 'wgs84' })).toBeLessThan(280)
  })
})

describe('being sent', () => {
  it('takes the time that the way along the streets takes, waits there, and goes back to its round', () => {
    const patrol = mover({ roundM: 260 })
    const from = patrol.at(60_000)
    const home = town.households[11]
    expect(home?.name).toBe('陈桂芳')
    const goal: GeoPoint = { lat: 27.031575, lon: 119.6128891, datum: 'wgs84' }
    const wayM = town.roads.route(point(from), goal)?.distanceM ?? 0
    expect(patrol.goTo(goal, 36)).toBe(true)
    const dueMs = 60_000 + (wayM / 10) * 1000
    patrol.at(dueMs - 2_000)
    expect(patrol.arrived).toBe(false)
    const there = patrol.at(dueMs + 500)
    expect(patrol.arrived).toBe(true)
    expect(distanceM(point(there), goal)).toBeLessThan(1)
    expect(patrol.at(dueMs + 60_000)).toMatchObject({ lat: there.lat, lon: there.lon, speedKmh: 0 })
    patrol.goOn()
    const later = patrol.at(dueMs + 660_000)
    expect(patrol.arrived).toBe(false)
    expect(later.speedKmh).toBeGreaterThan(0)
    expect(offRoadM(later)).toBeLessThan(0.5)
  })

  it('says when no road leads there', () => {
    expect(mover().goTo({ lat: 28, lon: 119, datum: 'wgs84' }, 30)).toBe(false)
  })
})
