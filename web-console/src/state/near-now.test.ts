/** When the cameras of the press no longer see the car: from 200 m on others are offered, from 200 m further again, and nothing changes by itself. */
import { expect, it } from 'vitest'
import { incident, T0 } from '../testing/samples.ts'
import { nearOffer, shownCameras } from './near-now.ts'

const point = { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }
const taxi = incident('t', { position: point })
const north = (metres: number) => ({ point: { ...point, lat: point.lat + metres / 111_195 }, atMs: T0 })
const street = { cameraId: 'c1' as never, name: '路口', distanceM: 40 }
const cabin = { cameraId: 'v1' as never, name: '车内', distanceM: 0, vehicle: {} as never }
const seen = (metres: number) => ({ at: north(metres), cameras: [{ ...street, cameraId: 'c9' as never }] })

it('is offered from 200 m on, and only where somebody knows where the car is', () => {
  expect(nearOffer(taxi, north(199), undefined)).toBeUndefined()
  expect(nearOffer(taxi, north(620), undefined)).toMatchObject({ kind: 'look', movedM: expect.closeTo(620, 0) })
  expect(nearOffer(taxi, undefined, undefined)).toBeUndefined()
  expect(nearOffer({ position: undefined }, north(620), undefined)).toBeUndefined()
})

it('once looked at, its key goes back, or on when the car has driven on', () => {
  expect(nearOffer(taxi, north(700), seen(620))).toMatchObject({ kind: 'back' })
  expect(nearOffer(taxi, north(1_000), seen(620))).toMatchObject({ kind: 'again', movedM: expect.closeTo(380, 0) })
  expect(nearOffer(taxi, undefined, seen(620))).toMatchObject({ kind: 'back' })
})

it('the camera in the car stays in its place', () => {
  const cameras = [cabin, street]
  expect(shownCameras({ cameras }, undefined)).toBe(cameras)
  expect(shownCameras({ cameras }, seen(620)).map(each => each.cameraId)).toEqual(['v1', 'c9'])
})
