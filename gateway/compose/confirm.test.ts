/** Which devices hear of an acknowledgement: never one whose owner may be watched (rule 5). */
import { expect, test } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { confirmDevices } from './confirm.ts'

async function told(after: Incident, alarms: readonly Alarm[], earlier: Partial<Incident> = {}): Promise<number> {
  const protocol = createFakeProtocol()
  const adapter = protocol.definition.create({}, { site: 'linxi', assetsDir: '' })
  const before: Incident = { ...after, state: 'new', acknowledgedAtMs: undefined, ...earlier }
  const incidents = { alarmsOf: () => alarms, callsOf: () => [], step: async () => undefined }
  await confirmDevices(after, before, incidents, [{ name: 'mqtt', adapter }], silentLog)
  return protocol.confirmed.length
}

const lin = { userId: id<UserId>('lin'), name: '林晓', seat: 3 }

test('a press on an incident somebody has is confirmed, that alarm alone; un-owned it waits for the next owner', async () => {
  const first = sampleIncident({ state: 'verifying', acknowledgedAtMs: 1, owner: lin, pressTimesMs: [1] })
  const pressed: Incident = { ...first, presses: 2, pressTimesMs: [1, 9] }
  const alarms = [sampleAlarm(first, { lastAtMs: 1 }), sampleAlarm(first, { lastAtMs: 9 })]
  expect(await told(pressed, alarms, first)).toBe(1)
  expect(await told({ ...pressed, duress: true }, alarms, first)).toBe(0)
  expect(await told(pressed, alarms, pressed)).toBe(0)
  const nobodys: Incident = { ...pressed, owner: undefined }
  expect(await told(nobodys, alarms, { ...first, owner: undefined })).toBe(0)
  expect(await told(pressed, alarms, nobodys)).toBe(2)
})

test('an acknowledgement is told to the device, after duress to nobody', async () => {
  const incident = sampleIncident({ state: 'acknowledged', acknowledgedAtMs: 1 })
  const panic = sampleAlarm(incident)
  expect(await told(incident, [panic])).toBe(1)
  expect(await told({ ...incident, duress: true }, [panic])).toBe(0)
  expect(await told(incident, [{ ...panic, alarmClass: 'duress' }])).toBe(0)
})
