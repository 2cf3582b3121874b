/** The countdown of the console and the rule of the gateway say the same. */
import { expect, it } from 'vitest'
import { callsOutAtMs as ofGateway } from '../../../gateway/core/callout-start.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import { incident, SETTINGS, T0 } from '../testing/samples.ts'
import { callsOutAtMs } from './callout-start.ts'

const home = { id: 's', kind: 'household', name: '', address: '', group: { id: 'g', name: '', members: 9 } }
const ended = { by: 'operator', message: 'help', startedAtMs: T0, endedAtMs: T0, end: 'operator', neighbours: [] }
const changes = [
  ...[{}, { unverified: true }, { duress: true }, { aged: true }, { state: 'resolved' }, { sourceKind: 'alarmBox' }],
  ...[{ alarmClass: 'fire' }, { subject: { ...home, kind: 'vehicle' } }, { subject: { ...home, group: undefined } }],
  ...[{ callout: ended }, { callout: { ...ended, unproven: true } }],
  { callout: { ...ended, unproven: true }, unverified: true }
]

it.each(changes.map(change => [JSON.stringify(change), change] as const))('%s', (_, change) => {
  const each = incident('i', { subject: home, ...change } as unknown as Partial<Incident>)
  for (const enabled of [true, false])
    for (const nowMs of [T0, T0 + 615_000, T0 + 700_000])
      for (const othersAfterMs of [20_000, 600_000]) {
        const delays = { ...SETTINGS.callout, enabled, othersAfterMs }
        expect(callsOutAtMs(each, delays, nowMs)).toBe(ofGateway(each, delays, nowMs))
      }
  expect(callsOutAtMs(incident('i', { subject: home } as never), SETTINGS.callout, T0)).toBe(T0)
})
