/** 交接班: what happens to an incident at the moment it is handed over keeps none of the others back. */
import { expect, it } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import type { AuditEntry } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createShifts } from './shifts.ts'

const person = (login: string): SessionUser => ({ userId: login, login, name: login, role: 'operator' })
const giver = { userId: id<UserId>('10327'), name: '10327' }

function room(cut: (incident: Incident) => Incident, stored: readonly { key: string; body: object }[] = []) {
  const kept: object[] = []
  let failing = true
  const incidents = new Map(
    ['1', '2', '3'].map(number => {
      const incident = sampleIncident({ id: id(number), number, state: 'acknowledged', owner: giver })
      return [incident.id, incident]
    })
  )
  const audit: AuditEntry[] = []
  const shifts = createShifts({
    ...{ clock: createFakeClock(), log: silentLog, all: () => incidents.values() },
    store: {
      documents: async ({ fromKey = '', limit = 5_000 }) => stored.filter(each => each.key >= fromKey).slice(0, limit),
      users: async () => [
        { id: id('10411'), login: '10411', name: '10411', role: 'operator', passwordHash: '', disabled: false }
      ]
    },
    async commit({ documents = [], audit: entries = [] }, durable) {
      kept.push(...documents.flatMap(each => each.body ?? []))
      audit.push(...entries)
      durable?.()
      return { ok: true, feed: [] }
    },
    async step(incidentId, step) {
      const incident = incidents.get(incidentId)
      if (!incident || step.kind !== 'transfer') throw new Error('no such step')
      if (failing && incident.number === '1') {
        incidents.set(incidentId, cut(incident))
        throw new GatewayError('ILLEGAL_TRANSITION')
      }
      incidents.set(incidentId, { ...incident, owner: step.owner })
    },
    ...{ followUps: () => 0, changed: () => undefined }
  })
  const owners = () => [...incidents.values()].map(each => each.owner?.name)
  const heal = () => {
    failing = false
  }
  return { shifts, owners, incidents, kept, heal, audit }
}

it.each([
  ['resolved', (incident: Incident) => ({ ...incident, state: 'resolved' as const }), '10327'],
  [
    'taken by a leader',
    (incident: Incident) => ({ ...incident, owner: { ...giver, userId: id<UserId>('l'), name: 'l' } }),
    'l'
  ]
])('one that is %s at that moment', async (_, cut, whose) => {
  const { shifts, owners } = room(cut)
  const offered = await shifts.offer({ to: '10411', note: '' }, person('10327'))
  expect(await shifts.accept(offered.id, person('10411'))).toMatchObject({ whole: true, moved: ['2', '3'] })
  expect(owners()).toEqual([whose, '10411', '10411'])
})

it('but what cannot be moved although it is still theirs is no whole hand-over', async () => {
  const { shifts } = room(incident => incident)
  const offered = await shifts.offer({ to: '10411', note: '' }, person('10327'))
  await expect(shifts.accept(offered.id, person('10411'))).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
})

const TAKEN_LATER = sampleIncident({ id: id('9'), number: '9', state: 'acknowledged', owner: giver })

it('cut in two it is accepted again: what was handed over moves, not what the giver took on since', async () => {
  const { shifts, owners, incidents, heal } = room(incident => incident)
  const offered = await shifts.offer({ to: '10411', note: '' }, person('10327'))
  await expect(shifts.accept(offered.id, person('10411'))).rejects.toThrow('ILLEGAL_TRANSITION')
  expect(shifts.state(person('10411'), []).asked.map(each => each.id)).toEqual([offered.id])
  await expect(async () => shifts.refuse(offered.id, '忙', person('10411'))).rejects.toThrow('SHIFT_REFUSED')
  incidents.set(TAKEN_LATER.id, TAKEN_LATER)
  heal()
  expect(await shifts.accept(offered.id, person('10411'))).toMatchObject({ whole: true })
  expect(owners()).toEqual(['10411', '10411', '10411', '10327'])
  expect(shifts.state(person('10411'), []).asked).toEqual([])
  await expect(shifts.accept(offered.id, person('10411'))).rejects.toThrow('SHIFT_REFUSED')
})

it('a restart goes on with the same, however many hand-overs lie before it', async () => {
  const before = room(incident => incident)
  const offered = await before.shifts.offer({ to: '10411', note: '' }, person('10327'))
  await expect(before.shifts.accept(offered.id, person('10411'))).rejects.toThrow('ILLEGAL_TRANSITION')
  const key = (n: number) => `${String(n).padStart(15, '0')}/x`
  const at = offered.atMs
  const whole = Array.from({ length: 5_200 }, (_, n) => ({
    key: key(at - 5_200 + n),
    body: { id: `w${n}`, whole: true }
  }))
  const { shifts, owners, incidents, heal } = room(
    incident => incident,
    [...whole, { key: key(at), body: before.kept.at(-1) ?? {} }]
  )
  incidents.set(TAKEN_LATER.id, TAKEN_LATER)
  heal()
  await shifts.start()
  expect(owners()).toEqual(['10411', '10411', '10411', '10327'])
})

it('what is refused is on record with its reason', async () => {
  const { shifts, audit } = room(incident => incident)
  await expect(shifts.offer({ to: '99999', note: '' }, person('10327'))).rejects.toMatchObject({
    code: 'SHIFT_REFUSED'
  })
  expect(audit).toMatchObject([
    {
      action: 'shift.offer',
      outcome: 'refused',
      reason: 'nobody of the floor has this work number',
      who: '10327 10327'
    }
  ])
})

it('names who else works on the floor and is logged in, each once with his seat, and nobody of another work', () => {
  const { shifts } = room(incident => incident)
  const leader: SessionUser = { ...person('10008'), role: 'leader' }
  const people: SessionUser[] = [
    ...[person('10411'), { ...person('10411'), seat: 4 }, { ...person('10327'), seat: 3 }, leader],
    ...[
      { ...person('20001'), role: 'patrol' as const },
      { ...person('30001'), role: 'auditor' as const }
    ]
  ]
  expect(shifts.state(person('10327'), people).takers).toEqual([
    { login: '10411', name: '10411', seat: 4 },
    { login: '10008', name: '10008' }
  ])
})
