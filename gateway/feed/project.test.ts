/** What each scope may see of a change, and what never gets into the feed that is kept for a day. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Assignment } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import type { FeedBody } from '../core/wire.ts'
import { sampleIncident } from '../testing/samples.ts'
import { projectIncident } from './project.ts'

const order = (state: Assignment['state']): Assignment => ({
  id: id('a1'),
  incidentId: id('i'),
  unitId: id('u1'),
  unitName: '巡防 07 车',
  state,
  offeredAtMs: 0,
  expiresAtMs: 30_000,
  offeredBy: 'operator'
})
const unit: Unit = {
  id: id('u1'),
  name: '巡防 07 车',
  unitClass: 'patrol',
  memberCount: 2,
  vehicle: 'car',
  speedKmh: 36,
  state: 'enRoute',
  members: [],
  position: { point: { lat: 27.033, lon: 119.613, datum: 'wgs84' }, atMs: 1 }
}

test('a stored row never carries where a unit is, neither for the floor nor for the team itself (rule 10)', () => {
  const before = sampleIncident({ state: 'dispatched', assignments: [order('offered')] })
  const rows = projectIncident({ ...before, assignments: [order('enRoute')] }, before, undefined, () => unit)
  const units = rows.filter(row => (row.body as { type: string }).type === 'unit')
  expect(units.map(row => row.scope)).toEqual(['floor', 'unit:u1'])
  expect(units.map(row => (row.body as { unit: Unit }).unit.position)).toEqual([undefined, undefined])
})

test('a unit is shown its own messages and their photos, while it has taken the order, and nobody else’s', () => {
  const to = (unitId: string) => [{ unitId: id<never>(unitId), unitName: unitId, deliveredAtMs: 2 }]
  const photo = { id: id<never>('photo-1'), kind: 'photo' } as const
  const from = { kind: 'user', userId: id<never>('lin'), name: '林晓', seat: 3 } as const
  const other = { kind: 'unit', unitId: id<never>('u2'), name: '巡防 09 车' } as const
  const item = { ...photo, incidentId: id('i'), cameraId: id('user:lin'), cameraName: '林晓', state: 'ready' } as never
  const messages = [
    { id: 'm1', atMs: 1, from, to: to('u1'), text: '走后门', photo },
    { id: 'm2', atMs: 2, from, to: to('u2'), text: '别人的' },
    { id: 'm3', atMs: 3, from: other, to: [], text: '别人说的' }
  ]
  const taskIn = (state: Assignment['state']) => {
    const incident = sampleIncident({ assignments: [order(state)], messages, evidence: [item] })
    return projectIncident(incident, undefined, undefined, () => unit).flatMap(row => {
      const body = row.body as FeedBody
      return body.type === 'task' ? [body.task] : []
    })
  }
  expect(taskIn('enRoute').map(({ messages: shown, evidence }) => ({ shown, evidence }))).toEqual([
    {
      shown: [
        ...[
          { id: 'm1', atMs: 1, text: '走后门', own: false, name: '林晓', seat: 3, photo, delivered: true, read: false }
        ]
      ],
      evidence: []
    }
  ])
  expect(taskIn('offered').map(each => each.messages)).toEqual([undefined])
  expect(taskIn('recalled')).toEqual([])
})

test('a vehicle sends its patrol to where it pressed, not to its firm', () => {
  const fix = { point: { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }, atMs: 1, street: { street: '北环路' } }
  const taskIn = (kind: 'vehicle' | 'household') => {
    const subject = { id: id<never>('s'), kind, name: '闽J·T0637', address: '临溪平安出租' }
    const incident = sampleIncident({ assignments: [order('offered')], subject, fix })
    return projectIncident(incident, undefined, undefined, () => unit).flatMap(row => {
      const body = row.body as FeedBody
      return body.type === 'task' ? [body.task] : []
    })[0]
  }
  expect(taskIn('vehicle')).toMatchObject({ address: '', fix })
  expect(taskIn('household')).toMatchObject({ address: '临溪平安出租', fix })
})

test('a team that is still there when the record is filed is told that the incident has ended, not that it left', () => {
  const told = (after: Partial<Assignment>) => {
    const before = sampleIncident({ state: 'resolved', assignments: [order('arrived')] })
    const filed = { ...before, state: 'closed' as const, assignments: [{ ...order('cleared'), ...after }] }
    return projectIncident(filed, before, undefined, () => unit).flatMap(row => {
      const body = row.body as FeedBody
      return body.type === 'taskGone' ? [body.reason] : []
    })
  }
  expect(told({ reason: 'closed' })).toEqual(['resolved'])
  expect(told({})).toEqual(['cleared'])
})
