/** The street and its crossing for any place of the simulated town, and none where no named road is near. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { GeoPoint } from '../core/geo.ts'
import { createStreetAt } from './street-words.ts'

const town = createStreetAt(
  JSON.parse(readFileSync(new URL('../../config/grid/streets.geojson', import.meta.url), 'utf8'))
)

const line = (name: unknown, ...coordinates: readonly (readonly [number, number])[]) => ({
  ...{ type: 'Feature', properties: { name } },
  geometry: { type: 'LineString', coordinates }
})
const streetAt = createStreetAt({
  type: 'FeatureCollection',
  features: [
    line('东街', [119.6, 27.03], [119.602, 27.03], [119.606, 27.03]),
    line('南街', [119.602, 27.03], [119.602, 27.028]),
    line('南街', [119.602, 27.03], [119.602, 27.031]),
    line('北街', [119.6, 27.0299], [119.6, 27.031]),
    line('', [119.61, 27.03], [119.612, 27.03]),
    line(undefined, [119.61, 27.03], [119.61, 27.031]),
    line('断桥路', [119.63, 27.03], [119.65, 27.03])
  ]
})
const at = (lon: number, lat: number): GeoPoint => ({ lon, lat, datum: 'wgs84' })

it('names the road, and the road that crosses it nearest', () => {
  expect(streetAt(at(119.6022, 27.03005))).toEqual({ street: '东街', crossing: '南街', crossingM: 20 })
  expect(streetAt(at(119.604, 27.0302))).toEqual({ street: '东街', crossing: '南街', crossingM: 198 })
  expect(streetAt(at(119.602, 27.029))).toEqual({ street: '南街', crossing: '东街', crossingM: 111 })
})

it('a road that no other meets within a kilometre stands alone', () => {
  expect(streetAt(at(119.64, 27.03))).toEqual({ street: '断桥路' })
})

it('a place off the roads, or on one without a name, has no words', () => {
  expect(streetAt(at(119.604, 27.032))).toBeUndefined()
  expect(streetAt(at(119.611, 27.03))).toBeUndefined()
  expect(streetAt(at(10, 10))).toBeUndefined()
  expect(createStreetAt({ type: 'FeatureCollection', features: [] })(at(119.6, 27.03))).toBeUndefined()
})

it('a crossing of the town is said from both of its roads', () => {
  const corner = town(at(119.6088 + 170 / 99_000, 27.0366 - 520 / 111_195))
  expect(corner?.street).toMatch(/[路街巷]$/)
  expect(corner?.crossing).toMatch(/[路街巷]$/)
  expect(corner?.crossing).not.toBe(corner?.street)
})
