/** Who is told where the vehicle of an open incident is: the floor, and the phone of whoever has the order, on record first. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Assignment, Incident } from '../core/incident.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Viewer } from '../feed/hub.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { startPulse } from './pulse.ts'

const order = (state: Assignment['state']): Assignment => ({
  ...{ id: id('a1'), incidentId: id('i'), unitId: id('u1'), unitName: '巡防 07 车', state },
  ...{ offeredAtMs: 0, expiresAtMs: 0, offeredBy: 'operator' }
})

function bench() {
  const clock = createFakeClock(10_000)
  const told: string[] = []
  const reads: string[] = []
  const at = (lat: number): Position => ({ point: { lat, lon: 119.6, datum: 'wgs84' }, atMs: clock.now() })
  const state = { position: at(27.01) as Position | undefined, failing: false }
  let comesMeanwhile: (() => void) | undefined
  let incident: Incident = sampleIncident({ sourceKind: 'taxi', assignments: [order('offered')] })
  const phoneOf = (unit: string, login = unit) =>
    ({ user: { login } as SessionUser, scopes: [`unit:${unit}`] }) as unknown as Viewer
  const viewers = [phoneOf('u1'), phoneOf('u2')]
  const stop = startPulse({
    ...{ clock, log: silentLog, units: { takeMoved: () => [] }, prune: async () => undefined },
    hub: {
      viewersOf: scope => viewers.filter(each => each.scopes.includes(scope)),
      broadcast: (scope, message) =>
        told.push(`${scope} ${message.type === 'positions' && message.vehicles.map(each => each.position.point.lat)}`)
    },
    incidents: {
      all: () => [incident],
      get: () => incident,
      alarmsOf: () => [{ sourceId: id('jt808:1') } as Alarm, { sourceId: id('mqtt:none') } as Alarm]
    },
    positionReads: {
      async read(user, object) {
        if (state.failing) throw new Error('the disk is full')
        reads.push(`${user.login} ${object === `incident:${incident.number}`}`)
        comesMeanwhile?.()
        comesMeanwhile = undefined
      }
    },
    positionOf: sourceId => (sourceId === 'jt808:1' ? state.position : undefined),
    towards: () => state.position
  })
  return {
    ...{ clock, reads, state, at, stop },
    desk: (fleet: string) =>
      viewers.push({ user: { login: fleet } as SessionUser, scopes: [`fleet:${fleet}`] } as unknown as Viewer),
    secondPhoneWhileAsking: () => {
      comesMeanwhile = () => viewers.push(phoneOf('u1', 'second'))
    },
    change: (over: Partial<Incident>) => {
      incident = { ...incident, ...over }
    },
    async toldIn(ms: number) {
      told.length = 0
      await clock.advance(ms)
      return told.toSorted()
    }
  }
}

test('the car is told to the floor and to the unit that has the order, when it moves and every ten seconds', async () => {
  const { clock: _, ...pulse } = bench()
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.01', 'unit:u1 27.01'])
  expect(pulse.reads).toEqual(['u1 true'])
  expect(await pulse.toldIn(9_000)).toEqual([])
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.01', 'unit:u1 27.01'])
  pulse.state.position = pulse.at(27.02)
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.02', 'unit:u1 27.02'])
  pulse.change({ assignments: [order('declined')] })
  pulse.state.position = pulse.at(27.03)
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.03'])
  pulse.change({ assignments: [order('enRoute')], state: 'resolved' })
  pulse.state.position = pulse.at(27.04)
  expect(await pulse.toldIn(20_000)).toEqual([])
  pulse.stop()
})

test('the desk of the car’s own firm is told, on record first, and no other firm; nothing once it is over', async () => {
  const pulse = bench()
  pulse.change({ assignments: [], subject: { ...sampleIncident().subject, kind: 'vehicle', fleetId: id('f1') } })
  pulse.desk('f1')
  pulse.desk('f2')
  pulse.state.failing = true
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.01'])
  pulse.state.failing = false
  expect(await pulse.toldIn(1_000)).toEqual(['fleet:f1 27.01'])
  expect(pulse.reads).toEqual(['f1 true'])
  pulse.change({ state: 'resolved' })
  pulse.state.position = pulse.at(27.04)
  expect(await pulse.toldIn(20_000)).toEqual([])
  pulse.stop()
})

test('what cannot be put on record is withheld from the phone, and told when it can', async () => {
  const pulse = bench()
  pulse.state.failing = true
  expect(await pulse.toldIn(2_000)).toEqual(['floor 27.01'])
  pulse.state.failing = false
  expect(await pulse.toldIn(1_000)).toEqual(['unit:u1 27.01'])
  pulse.stop()
})

test('a second phone that comes while the first is put on record is told nothing before it is on record, too', async () => {
  const pulse = bench()
  pulse.secondPhoneWhileAsking()
  expect(await pulse.toldIn(1_000)).toEqual(['floor 27.01'])
  expect(pulse.reads).toEqual(['u1 true'])
  expect(await pulse.toldIn(1_000)).toEqual(['unit:u1 27.01'])
  expect(pulse.reads).toEqual(['u1 true', 'u1 true', 'second true'])
  pulse.stop()
})
