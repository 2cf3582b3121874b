/** A DC-09 box on the whole line: its key by command line, its press on the floor, duress and a forced cancel, restores, unknown codes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPanel, type Panel } from '../adapters/dc09/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { Diagnostics, IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { prepareProcess, runCommand } from '../gateway/testing/process.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const KEY = '00112233445566778899AABBCCDDEEFF'
let running: RunningGateway
let operator: ConsoleClient
const panels: Panel[] = []

beforeAll(async () => {
  running = await runGateway({ dir: tempDir('dc09') })
  await running.device('dc09', '1021', KEY)
  operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  await operator.connect()
})
afterAll(async () => {
  await Promise.all(panels.map(panel => panel.stop()))
  operator?.close()
  await running?.stop()
})

function panel(account: string, key?: string): Panel {
  const box = createPanel({ host: '127.0.0.1', port: running.port('adapters.dc09.port'), account, key, retryMs: 300 })
  box.start()
  panels.push(box)
  return box
}

const latest = (match: (incident: Incident) => boolean): Incident | undefined =>
  operator.bodies
    .flatMap(({ body }) => (body.type === 'incident' && match(body.incident) ? [body.incident] : []))
    .at(-1)

async function storyOf(incident: Incident): Promise<IncidentDetail['timeline']> {
  return ((await (await operator.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).timeline
}

test('duress rings as P1 without a word to the box; cancel and restore are lines that change nothing', async () => {
  const box = panel('1021', KEY)
  await box.report('ADM-CID', '1121 01 003')
  const incident = await until('the duress', () => latest(one => one.alarmClass === 'duress'))
  expect(incident).toMatchObject({ priority: 1, duress: true, unverified: false, subject: { name: '惠民超市' } })
  await box.report('ADM-CID', '1406 01 003')
  await box.report('ADM-CID', '3121 01 003')
  const story = await until('both lines', async () => {
    const lines = await storyOf(incident)
    return lines.some(line => line.kind === 'restored') ? lines : undefined
  })
  // "May be forced" is said by the console from this mark.
  expect(story.find(line => line.kind === 'cancelAsked')?.data).toMatchObject({ duress: true })
  expect(story[0]?.data.text).toContain('胁迫报警')
  expect(latest(one => one.id === incident.id)).toMatchObject({ state: 'new', priority: 1 })
})

test('an unknown code and an unknown account are P3 incidents; a fault is a trouble of its cause', async () => {
  await panel('1021', KEY).report('ADM-CID', '1999 01 009')
  await panel('7777').report('SIA-DCS', 'NBA05')
  await panel('1021', KEY).report('SIA-DCS', 'NYT')
  const stranger = await until('the stranger', () => latest(one => one.subject.kind === 'unmapped'))
  expect(stranger).toMatchObject({ priority: 3, alarmClass: 'unmapped', unverified: true })
  expect(await until('the fault', () => latest(one => one.alarmClass === 'trouble'))).toMatchObject({
    cause: 'battery'
  })
  const duress = await until('the shop', () => latest(one => one.alarmClass === 'duress'))
  await until('the unknown code', async () =>
    (await storyOf(duress)).some(line => String(line.data.text).includes('CID 1999'))
  )
})

test('the arm state is shown with the device', async () => {
  await panel('1021', KEY).report('ADM-CID', '3401 01 003')
  const leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  const devices = async () => ((await (await leader.get('/api/diagnostics')).json()) as Diagnostics).devices
  await until('the device', async () =>
    (await devices()).some(({ id, arm }) => id === 'dc09:1021' && arm?.['01'] === 'armed')
  )
  leader.close()
})

test('add-device makes an AES key, and takes none that is not', async () => {
  const dir = tempDir('dc09-key')
  const { configFile } = await prepareProcess(dir, SMALL_TOWN)
  const made = await runCommand(['add-device', 'dc09', '1021', '-c', configFile])
  expect(made.output).toMatch(/^1021 {2}[0-9A-F]{32} {2}\(shown once\)$/m)
  const file = join(dir, 'key')
  for (const [text, code] of [
    ['too short', 1],
    ['0123456789ABCDEF', 0]
  ] as const) {
    writeFileSync(file, text)
    expect((await runCommand(['add-device', 'dc09', '1021', '--password-file', file, '-c', configFile])).code).toBe(
      code
    )
  }
})
