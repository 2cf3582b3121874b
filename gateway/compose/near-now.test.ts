/** Cameras near a car that has driven on: by a person's own order, on record before anything is answered, recorded from then on, private ones last and unrecorded. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { AuditEntry } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createNearNow } from './near-now.ts'

const USER: SessionUser = { userId: 'u', login: '10327', name: '林晓', role: 'operator' }
const T = 1_000_000
const point = { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }
const NEAR = [
  ['shop', 'private', 20],
  ['north', 'public', 40],
  ['school', 'private', 60],
  ['bridge', 'public', 90]
] as const

function house(over: Partial<Incident> = {}, near: readonly (readonly [string, string, number])[] = NEAR) {
  const clock = createFakeClock(T)
  const taxi = sampleIncident({
    ...{ id: id<never>('i1'), number: '1128-0190', state: 'acknowledged', sourceKind: 'taxi', position: point },
    ...over
  })
  const road: { at?: Position; asked: number } = {
    ...{ at: { point: { ...point, lat: 27.0356 }, atMs: T - 2_000, speedKmh: 40 }, asked: 0 }
  }
  const line = { incident: taxi as Incident | undefined, failing: false }
  const audit: AuditEntry[] = []
  const recorded: [string, number][] = []
  const look = createNearNow({
    clock,
    async commit(change) {
      if (line.failing) throw new Error('disk full')
      audit.push(...(change.audit ?? []))
      return { ok: true, feed: [] }
    },
    incidents: { get: of => (of === taxi.id ? line.incident : undefined) },
    registry: {
      nearestCameras: () =>
        near.map(([name, ownership, distanceM]) => ({ camera: { id: name, name, ownership }, distanceM })) as never
    },
    evidence: { record: (_, { cameraId }, toMs) => void recorded.push([cameraId, toMs]) },
    positionReads: {
      read: async () => {
        road.asked += 1
      }
    },
    vehicleAt: () => road.at
  })
  return { look, audit, recorded, road, line, taxi }
}

it('gives the two nearest public ones with where the car is, records them, and says who looked', async () => {
  const { look, audit, recorded, road } = house()
  expect(await look('i1', USER)).toEqual({
    at: road.at,
    cameras: [
      { cameraId: 'north', name: 'north', distanceM: 40 },
      { cameraId: 'bridge', name: 'bridge', distanceM: 90 }
    ]
  })
  expect(recorded).toEqual(['north', 'bridge'].map(name => [name, T + 180_000]))
  expect(road.asked).toBe(1)
  const detail = { cameras: 'north bridge', movedM: 623 }
  expect(audit).toMatchObject([
    { who: '10327 林晓', action: 'incident.nearNow', object: 'incident:1128-0190', outcome: 'done', detail }
  ])
})

it('what is not on record shows nothing and records nothing', async () => {
  const { look, recorded, line } = house()
  line.failing = true
  await expect(look('i1', USER)).rejects.toThrow('disk full')
  expect(recorded).toEqual([])
})

it('where too few public ones are near a private one is offered, and not recorded', async () => {
  const { look, recorded } = house({}, NEAR.slice(2))
  const { cameras } = await look('i1', USER)
  expect(cameras.map(each => each.cameraId)).toEqual(['bridge', 'school'])
  expect(recorded.map(([name]) => name)).toEqual(['bridge'])
})

it('is refused once the incident is over, for a trouble, and while nobody knows where the car is', async () => {
  const over = [{ state: 'resolved' as const }, { alarmClass: 'trouble' as const }]
  for (const each of over)
    await expect(house(each).look('i1', USER)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  const lost = house()
  lost.road.at = undefined
  await expect(lost.look('i1', USER)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  await expect(lost.look('i2', USER)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(lost.audit).toEqual([])
})
