/** 交接班: what happens to an incident at the moment it is handed over keeps none of the others back. */
import { expect, it } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createShifts } from './shifts.ts'

const person = (login: string): SessionUser => ({ userId: login, login, name: login, role: 'operator' })
const giver = { userId: id<UserId>('10327'), name: '10327' }

function room(cut: (incident: Incident) => Incident) {
  const incidents = new Map(
    ['1', '2', '3'].map(number => {
      const incident = sampleIncident({ id: id(number), number, state: 'acknowledged', owner: giver })
      return [incident.id, incident]
    })
  )
  const shifts = createShifts({
    ...{ clock: createFakeClock(), log: silentLog, all: () => incidents.values() },
    store: {
      documents: async () => [],
      users: async () => [
        { id: id('10411'), login: '10411', name: '10411', role: 'operator', passwordHash: '', disabled: false }
      ]
    },
    async commit(_, durable) {
      durable?.()
      return { ok: true, feed: [] }
    },
    async step(incidentId, step) {
      const incident = incidents.get(incidentId)
      if (!incident || step.kind !== 'transfer') throw new Error('no such step')
      if (incident.number === '1') {
        incidents.set(incidentId, cut(incident))
        throw new GatewayError('ILLEGAL_TRANSITION')
      }
      incidents.set(incidentId, { ...incident, owner: step.owner })
    },
    ...{ followUps: () => 0, changed: () => undefined }
  })
  const owners = () => [...incidents.values()].map(each => each.owner?.name)
  return { shifts, owners }
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
