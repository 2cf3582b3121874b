/** A photo that overtakes its own alarm: it waits for it, is refused only when nothing is on its way, and is never answered for unkept. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { Step } from '../core/step.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createDeviceEvidence } from './device-evidence.ts'

const found = {
  ...({ kind: 'photo', sourceId: id<never>('jt808:013900000007'), channel: 1, mediaId: 1 } as const),
  ...{ receivedMs: 5, deviceTimeMs: undefined, bytes: Buffer.from('a picture') }
}

function withoutIncident(idleOf: () => Promise<unknown>) {
  const clock = createFakeClock()
  const refuse = () => Promise.reject(new Error('there is no incident'))
  const incidents = { get: () => undefined, openOfSource: () => undefined, ofSource: () => undefined, step: refuse }
  const stored = async () => undefined
  return {
    clock,
    keep: createDeviceEvidence({ clock, log: silentLog, evidenceDir: tempDir('photos'), incidents, stored, idleOf })
  }
}

test('with every alarm on record and none of this vehicle it is unwanted, and answered as that', async () => {
  expect(await withoutIncident(async () => {}).keep(found)).toBe('noIncident')
})

test('while alarms are on their way nothing is answered: it is sent again', async () => {
  const asked = Promise.withResolvers<void>()
  const { clock, keep } = withoutIncident(() => {
    asked.resolve()
    return new Promise(() => {})
  })
  const outcome = keep(found).then(
    () => 'answered',
    (error: { code?: string }) => error.code
  )
  await asked.promise
  await clock.advance(5_000)
  expect(await outcome).toBe('CONFLICT_RETRY')
})

test('of a source whose newest alarm is a trouble the photo belongs to its open alarm', async () => {
  const [alarm, trouble] = [sampleIncident({ evidence: [] }), sampleIncident({ alarmClass: 'trouble' })]
  const steps: unknown[] = []
  const keep = createDeviceEvidence({
    ...{ clock: createFakeClock(), log: silentLog, evidenceDir: tempDir('photos-trouble'), idleOf: async () => {} },
    incidents: {
      ...{ get: () => alarm, ofSource: () => trouble, openOfSource: () => alarm },
      step: async incidentId => steps.push(incidentId)
    },
    stored: async () => undefined
  })
  expect(await keep(found)).toBe('kept')
  expect(steps).toEqual([alarm.id])
})

/** An open incident that is closed at the moment its photo's turn comes. */
function closedMeanwhile() {
  const clock = createFakeClock(1_000)
  let incident: Incident = sampleIncident({ evidence: [] })
  const lines: (object | undefined)[] = []
  const step = async (_: unknown, wanted: Step, actor: Parameters<typeof apply>[2]) => {
    const outcome = apply(incident, wanted, actor, clock.now())
    if (!outcome.ok) throw new Error(outcome.why)
    incident = outcome.incident
    lines.push(outcome.line)
  }
  const before = incident
  const keep = createDeviceEvidence({
    ...{ clock, log: silentLog, evidenceDir: tempDir('photos-closed'), idleOf: async () => {} },
    incidents: {
      ...{ get: () => (incident.state === 'closed' ? undefined : incident), openOfSource: () => undefined },
      ofSource: () => before,
      step
    },
    stored: async () => incident
  })
  return {
    keep,
    lines,
    incident: () => incident,
    close() {
      incident = { ...incident, state: 'closed', closedAtMs: clock.now() }
    }
  }
}

test('of an incident closed meanwhile it is kept with its source, and the story says that it came after the end', async () => {
  const { keep, lines, incident, close } = closedMeanwhile()
  expect(await keep(found)).toBe('kept')
  close()
  expect(await keep({ ...found, mediaId: 2 })).toBe('kept')
  expect(incident().evidence.map(item => item.origin?.sourceId)).toEqual([found.sourceId, found.sourceId])
  expect(incident().state).toBe('closed')
  const line = { kind: 'evidence', data: { kind: 'photo', count: 1 } }
  expect(lines).toMatchObject([line, { ...line, data: { ...line.data, late: true } }])
  expect(lines[0]).not.toHaveProperty('data.late')
})

test('the closed record counts: the same again is one item and one line, and beyond the limit nothing is added', async () => {
  const { keep, lines, incident, close } = closedMeanwhile()
  close()
  for (let n = 0; n < 2; n++) expect(await keep(found)).toBe('kept')
  expect([incident().evidence.length, lines.length]).toEqual([1, 1])
  for (let mediaId = 2; mediaId <= 60; mediaId++) expect(await keep({ ...found, mediaId })).toBe('kept')
  expect(await keep({ ...found, mediaId: 61 })).toBe('full')
  expect(incident().evidence).toHaveLength(60)
})
