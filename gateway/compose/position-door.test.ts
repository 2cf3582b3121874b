/** Rule 10 at the edge: whose positions are kept. */
import { expect, it } from 'vitest'
import { type IncidentId, id, type SourceId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createPositionDoor } from './position-door.ts'

it('a vehicle’s is kept, a person’s only while his incident is open, a stranger’s never', async () => {
  const clock = createFakeClock()
  const kept: string[] = []
  const states = new Map<string, Incident['state']>()
  const door = createPositionDoor({
    clock,
    registry: { kindOf: sourceId => (sourceId === 'mqtt:linxi/bus-07' ? 'taxi' : undefined) },
    latest: { position: sourceId => void kept.push(sourceId) },
    incidents: {
      all: () => [...states].map(([source, state]) => ({ id: id<IncidentId>(source), state }) as Incident),
      alarmsOf: incidentId => [{ sourceId: id<SourceId>(incidentId) } as Alarm]
    }
  })
  const position = { point: { lat: 27, lon: 119, datum: 'wgs84' as const }, atMs: 1 }
  const report = () => {
    for (const source of ['mqtt:linxi/bus-07', 'mqtt:linxi/watch-1', 'mqtt:linxi/nobody'])
      door(id<SourceId>(source), position)
    return kept.splice(0)
  }
  expect(report()).toEqual(['mqtt:linxi/bus-07'])
  states.set('mqtt:linxi/watch-1', 'acknowledged')
  await clock.advance(1_000)
  expect(report()).toEqual(['mqtt:linxi/bus-07', 'mqtt:linxi/watch-1'])
  states.set('mqtt:linxi/watch-1', 'closed')
  await clock.advance(1_000)
  expect(report()).toEqual(['mqtt:linxi/bus-07'])
})
