/** The page of sources through a whole gateway: a box by mosquitto beats, falls silent and comes back; who may look; what is known after a restart. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import type { SourceLine, SourcePage } from '../gateway/core/sources.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)
const BOX = 'mqtt:linxi/box-03'
/** Longer than the table stands, so that `late` is seen before the trouble. */
const TROUBLE_MS = 5_000
const config = { adapters: silentAfter(TROUBLE_MS) }
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

function silentAfter(offlineTroubleMs: number) {
  const free = { address: '127.0.0.1', port: 0 }
  return {
    mqtt: { ...free, tlsPort: -1, offlineTroubleMs },
    sip: { ...free, tlsPort: -1, trunks: [{ name: 'test', address: '127.0.0.1' }] },
    dc09: { ...free, udpPort: 0 }
  }
}

const client = (running: RunningGateway) => ['-h', '127.0.0.1', '-p', String(running.port('adapters.mqtt.port'))]
const asBox = ['-V', 'mqttv311', '-u', 'linxi/box-03', '-P', 'box-secret']

/** Connected with a last will until it is killed. */
function connectBox(running: RunningGateway): ChildProcess {
  const will = ['--will-topic', 'v1/linxi/box-03/status', '--will-payload', 'offline', '--will-qos', '1']
  const box = spawn('mosquitto_sub', [
    ...client(running),
    ...asBox,
    '-i',
    'box-03',
    '-t',
    'v1/linxi/box-03/cmd',
    ...will
  ])
  cleanUp.push(() => box.kill('SIGKILL'))
  return box
}

const lineOf = async (console: ConsoleClient, id: string): Promise<SourceLine | undefined> => {
  const page = (await (await console.get('/api/sources?limit=200')).json()) as SourcePage
  return page.rows.find(row => row.id === id)
}

it('online, late at its last will, a trouble later, back with its incident still open; and the same after a restart', async () => {
  const dir = tempDir('sources')
  let running = await runGateway({ dir, config })
  cleanUp.push(() => running.stop())
  const password = await running.person('10001', 'administrator')
  let console = await logIn(running.url, '10001', password)
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  expect(await lineOf(console, BOX)).toMatchObject({
    state: 'never',
    rule: { kind: 'connection', troubleMs: TROUBLE_MS }
  })

  const box = connectBox(running)
  await until('online', async () => (await lineOf(console, BOX))?.state === 'online')
  box.kill('SIGKILL')
  await until('late', async () => (await lineOf(console, BOX))?.state === 'late')
  await until('trouble', async () => (await lineOf(console, BOX))?.state === 'trouble')
  const [incident] = [...running.gateway.incidents.all()]
  expect(await lineOf(console, BOX)).toMatchObject({ causes: ['offline'], incident: incident?.number, restored: false })

  connectBox(running)
  await until('back', async () => (await lineOf(console, BOX))?.state === 'online')
  expect(await lineOf(console, BOX)).toMatchObject({ incident: incident?.number, restored: true })
  expect([...running.gateway.incidents.all()].map(each => each.state)).toEqual(['new'])

  await running.stop()
  running = await runGateway({ dir, config })
  console = await logIn(running.url, '10001', password)
  const after = await lineOf(console, BOX)
  expect(after).toMatchObject({ state: 'late', incident: incident?.number, restored: true })
  expect(after?.lastHeardAtMs).toBeGreaterThan(Date.now() - 60_000)
  expect(await lineOf(console, 'sip:6650147')).toMatchObject({ state: 'never', rule: { kind: 'testCall', days: 90 } })
  // JT/T 808 is enabled, ONVIF is not.
  expect((await lineOf(console, 'jt808:013900000007'))?.state).toBe('never')
})

it('what is wrong in a zone of a box is known after a restart too, not the number of the zone alone', async () => {
  const dir = tempDir('sources')
  let running = await runGateway({ dir, config })
  cleanUp.push(() => running.stop())
  const password = await running.person('10001', 'administrator')
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  const sent = JSON.stringify({ v: 1, eventId: 'b1', type: 'battery', zone: '4' })
  const to = ['-q', '1', '-t', 'v1/linxi/box-03/alarm', '-m', sent]
  await run('mosquitto_pub', [...client(running), ...asBox, ...to])
  const causes = async () => (await lineOf(await logIn(running.url, '10001', password), BOX))?.causes
  expect(await causes()).toContain('battery')

  await running.stop()
  running = await runGateway({ dir, config })
  expect(await causes()).toContain('battery')
  expect(await causes()).not.toContain('4')
})

it('an unknown account that sends is on the page, for a technician to see', async () => {
  const running = await runGateway({ dir: tempDir('sources'), config, registry: { ...SMALL_TOWN, sources: [] } })
  cleanUp.push(() => running.stop())
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  const console = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  const message = JSON.stringify({ v: 1, eventId: 'e1', type: 'panic' })
  await run('mosquitto_pub', [...client(running), ...asBox, '-q', '1', '-t', 'v1/linxi/box-03/alarm', '-m', message])
  const line = await until('the stranger', () => lineOf(console, BOX))
  expect(line).toMatchObject({
    subject: { kind: 'unmapped', name: 'linxi/box-03' },
    origin: expect.stringContaining('tcp')
  })
  expect(line?.kind).toBeUndefined()
})

it('operator, leader and administrator look; patrol and taxi dispatcher do not; a wrong query is said', async () => {
  const running = await runGateway({ dir: tempDir('sources'), config })
  cleanUp.push(() => running.stop())
  const status = async (login: string, role: Parameters<typeof running.person>[1], path = '/api/sources') =>
    (
      await (
        await logIn(
          running.url,
          login,
          await running.person(login, role, role === 'patrol' ? { unitId: 'u1' } : { fleetId: 'fleet-1' })
        )
      ).get(path)
    ).status
  expect(await status('10327', 'operator')).toBe(200)
  expect(await status('10008', 'leader')).toBe(200)
  expect(await status('20001', 'patrol')).toBe(403)
  expect(await status('30001', 'taxiDispatcher')).toBe(403)
  expect((await fetch(`${running.url}/api/sources`)).status).toBe(401)
  expect(await status('10002', 'administrator', '/api/sources?state=asleep')).toBe(400)
  expect(await status('10003', 'administrator', `/api/sources?text=${'x'.repeat(81)}`)).toBe(400)
  const audit = await running.gateway.store.auditTail(50)
  expect(audit.filter(entry => entry.reason === 'source.read').map(entry => entry.who)).toHaveLength(2)
})
