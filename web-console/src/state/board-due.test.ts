/** The leader's board and the head of the incident agree what is due next, and until when. */
import { expect, it } from 'vitest'
import { INCIDENT_STATES } from '../../../gateway/core/incident.ts'
import { nextDue } from '../../../gateway/core/next-due.ts'
import { DEFAULT_TIMERS } from '../../../gateway/core/priority.ts'
import { assignment, incident, OWNER, SETTINGS, T0 } from '../testing/samples.ts'
import { nextTarget } from './target.ts'

const ORDERS = [
  [],
  [assignment({ state: 'offered', offeredAtMs: T0 + 20_000, expiresAtMs: T0 + 50_000 })],
  [
    assignment({ state: 'enRoute', offeredAtMs: T0, acceptedAtMs: T0 + 30_000, etaS: 240 }),
    assignment({ state: 'enRoute', offeredAtMs: T0, acceptedAtMs: T0 + 35_000, etaS: 90 })
  ],
  [assignment({ state: 'enRoute', offeredAtMs: T0, acceptedAtMs: T0 + 30_000 })],
  [assignment({ state: 'expired' })]
]

it.each(INCIDENT_STATES)('in %s', state => {
  for (const priority of [1, 3] as const)
    for (const assignments of ORDERS)
      for (const owned of [
        {},
        { owner: OWNER },
        { acknowledgedAtMs: T0 + 8_000 },
        { owner: OWNER, acknowledgedAtMs: T0 + 8_000 },
        { acknowledgedAtMs: T0 + 8_000, putBackAtMs: T0 + 60_000 },
        { owner: OWNER, acknowledgedAtMs: T0 + 8_000, takenAgainAtMs: T0 + 90_000 }
      ]) {
        const one = incident('i', { state, priority, assignments, ...owned })
        const target = nextTarget(one, SETTINGS)
        const shown = target?.dueAtMs === undefined ? undefined : { kind: target.kind, dueAtMs: target.dueAtMs }
        expect(nextDue(one, DEFAULT_TIMERS[priority])).toEqual(shown)
      }
})
