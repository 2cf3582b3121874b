/** Which devices hear of an acknowledgement: never one whose owner may be watched (rule 5). */
import { expect, test } from 'vitest'
import type { Alarm, Incident } from '../core/incident.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { confirmDevices } from './confirm.ts'

async function told(after: Incident, alarms: readonly Alarm[]): Promise<number> {
  const protocol = createFakeProtocol()
  const adapter = protocol.definition.create({}, { site: 'linxi', assetsDir: '' })
  const before: Incident = { ...after, state: 'new', acknowledgedAtMs: undefined }
  const incidents = { alarmsOf: () => alarms, step: async () => undefined }
  await confirmDevices(after, before, incidents, [{ name: 'mqtt', adapter }], silentLog)
  return protocol.confirmed.length
}

test('an acknowledgement is told to the device, after duress to nobody', async () => {
  const incident = sampleIncident({ state: 'acknowledged', acknowledgedAtMs: 1 })
  const panic = sampleAlarm(incident)
  expect(await told(incident, [panic])).toBe(1)
  expect(await told({ ...incident, duress: true }, [panic])).toBe(0)
  expect(await told(incident, [{ ...panic, alarmClass: 'duress' }])).toBe(0)
})
