/** Inside telephone calls, through the whole gateway: keys on the incident, and what callers hear when a unit sets off; under duress nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLine, type PressOptions } from '../adapters/sip/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { SourcePage } from '../gateway/core/sources.ts'
import type { Diagnostics, IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const prompt = (name: string) => readFileSync(join(import.meta.dirname, '../adapters/sip/prompts', `${name}.zh.alaw`))
const [HELP, ON_THE_WAY] = [prompt('help-coming'), prompt('on-the-way')]
const cleanUp: (() => unknown)[] = []
let running: RunningGateway
let operator: ConsoleClient
let administrator: ConsoleClient

beforeAll(async () => {
  running = await runGateway({
    dir: tempDir('telephone-call'),
    config: {
      adapters: {
        sip: {
          ...{ address: '127.0.0.1', port: 0, tlsPort: -1, hearPort: 0, ringMs: 100, rtpPorts: { from: 0, to: 0 } },
          trunks: [{ name: 'test', address: '127.0.0.1' }]
        }
      }
    }
  })
  cleanUp.push(running.stop)
  operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  administrator = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
})
afterAll(async () => {
  for (const each of cleanUp.reverse()) await each()
})

/** A unit on duty that can be sent. */
async function unit(login: string, unitId: string): Promise<ConsoleClient> {
  const patrol = await logIn(running.url, login, await running.person(login, 'patrol', { unitId }))
  await patrol.connect()
  cleanUp.push(() => patrol.close())
  await patrol.command({ kind: 'onDuty' })
  await patrol.post('/api/patrol/position', { lat: 27.033, lon: 119.613, atMs: Date.now() })
  return patrol
}

async function call(number: string, how: PressOptions) {
  const line = await openLine({ server: { address: '127.0.0.1', port: running.port('adapters.sip.port') } })
  cleanUp.push(line.close)
  return line.telephone({ number, asserted: true }).press({ hangUpAfterMs: 7_000, ...how })
}

const incidentOf = (subject: string, has: (incident: Incident) => boolean) =>
  until(`the incident of ${subject}`, () =>
    [...running.gateway.incidents.all()].find(i => i.subject.id === subject && has(i))
  )

/** Acknowledges, sends this unit, and the unit accepts. */
async function send(incident: Incident, patrol: ConsoleClient, unitId: string): Promise<void> {
  await operator.act(incident.id, { action: 'acknowledge' })
  await operator.act(incident.id, { action: 'dispatch', unitId: unitId as never })
  const { task } = await patrol.see('the order', b => b.type === 'task' && b)
  const [result] = (await (await patrol.command({ kind: 'accept', assignmentId: task.assignmentId })).json()) as {
    outcome: string
  }[]
  expect(result?.outcome).toBe('done')
}

const storyOf = async (incident: Incident): Promise<string[]> => {
  const detail = (await (await operator.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail
  return detail.timeline.map(line => line.kind)
}

test('a test call raises nothing, is on record and on the page of sources; the emergency number rings a moment later', async () => {
  const { ended } = await call('6650148', { dial: '*1230412', hangUpAfterMs: 500 })
  expect((await ended).audio.length).toBeGreaterThan(0)
  await running.gateway.idle()
  expect([...running.gateway.incidents.all()]).toEqual([])
  const audit = await running.gateway.store.auditTail(20)
  expect(audit).toContainEqual(expect.objectContaining({ action: 'signal.tested', object: 'subject:h2' }))
  const { rows } = (await (await operator.get('/api/sources?limit=200')).json()) as SourcePage
  expect(rows.find(row => row.id === 'sip:6650148')).toMatchObject({ state: 'online', rule: { days: 90 } })
  expect(rows.find(row => row.id === 'sip:6650147')).toMatchObject({ state: 'never' })
})

test('armed by telephone it is shown as armed, and nothing is raised', async () => {
  await running.device('sip', 'pin/6650147', '4711')
  await (await call('6650147', { dial: '*125', digits: '4711#1', hangUpAfterMs: 5_000 })).ended
  const { devices } = (await (await administrator.get('/api/diagnostics')).json()) as Diagnostics
  expect(devices.find(device => device.id === 'sip:6650147')).toMatchObject({ arm: { '-': 'armed' } })
  expect([...running.gateway.incidents.all()]).toEqual([])
})

test('a key is an alarm of its own on the incident; the caller on the line hears that a unit has set off', async () => {
  const patrol = await unit('30001', 'u1')
  const { ended } = await call('6650147', { digits: '2' })
  const incident = await incidentOf('h1', i => i.presses === 2)
  expect(running.gateway.incidents.alarmsOf(incident.id).map(a => a.alarmClass)).toEqual(['panic', 'medical'])
  await send(incident, patrol, 'u1')
  await until('the story', async () => (await storyOf(incident)).includes('callerTold'))
  expect((await ended).audio.includes(ON_THE_WAY.subarray(0, 16_000))).toBe(true)
})

test('after 9 the incident is one of duress, and the telephone says what it would have said anyway', async () => {
  const patrol = await unit('30002', 'u2')
  const { ended } = await call('6650148', { digits: '9' })
  const incident = await incidentOf('h2', i => i.duress)
  await send(incident, patrol, 'u2')
  const { audio } = await ended
  expect(audio.length).toBeGreaterThan(40_000)
  expect(audio.equals(HELP.subarray(0, audio.length))).toBe(true)
  expect(await storyOf(incident)).not.toContain('callerTold')
})
