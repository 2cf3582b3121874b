/** Messages to contacts over a kill -9: a municipality's gateway that first fails, then takes; each who agreed is told once, signed, in the household's order, never after duress. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type GatewayProcess, prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

let gateway: GatewayProcess | undefined
const stops: (() => void)[] = []
afterEach(async () => {
  await gateway?.kill('SIGKILL')
  for (const stop of stops.splice(0)) stop()
})

interface Got {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function receiver() {
  const state = { up: false, tries: 0, taken: [] as Got[] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      state.tries += 1
      if (state.up) state.taken.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(state.up ? 204 : 503).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close().closeAllConnections())
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const contact = (name: string, phone: string, more = {}) => ({ name, relation: '子女', phone, ...more })
const agreed = { messageConsent: '2026-11-01' }
const [first, second, ...others] = SMALL_TOWN.subjects
const registry = {
  ...SMALL_TOWN,
  subjects: [
    {
      ...first,
      contacts: [
        contact('林晓', '13900000001', agreed),
        contact('林英', '13900000002'),
        contact('林洁', '13900000003', agreed)
      ]
    },
    { ...second, contacts: [contact('赵明', '13900000004', agreed)] },
    ...others
  ],
  sources: [
    { id: 'webhook:linxi/elder-1', subjectId: 'h1', kind: 'oneKeyCall' },
    { id: 'webhook:linxi/elder-2', subjectId: 'h2', kind: 'oneKeyCall' }
  ]
}

async function press(port: number, source: string, secret: string, type: string, eventId: string): Promise<number> {
  const body = JSON.stringify({ v: 1, eventId, type })
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  const headers = { 'x-pingan-timestamp': timestamp, 'x-pingan-signature': `sha256=${signature}` }
  return (await fetch(`http://127.0.0.1:${port}/v1/linxi/${source}/alarm`, { method: 'POST', body, headers })).status
}

it('killed while the receiver is down, and again: told once each, in order; after duress nobody is', async () => {
  const { state, url } = await receiver()
  const setup = await prepareProcess(tempDir('contact-messages'), registry, {
    outwards: {
      sinks: [{ name: 'sms', url: `${url}/a-secret-path`, format: 'contacts' }],
      ...{ retryMs: 200, retryMaxMs: 1_000, breakerMs: 200 }
    },
    incidents: { contacts: { afterMs: 1_500 } }
  })
  const common = ['--config', setup.configFile]
  const secretOf = async (...args: string[]) =>
    / {2}(\S+) {2}\(shown once\)/.exec((await runCommand([...args, ...common])).output)?.[1] ?? ''
  const elders = [
    await secretOf('add-device', 'webhook', 'linxi/elder-1'),
    await secretOf('add-device', 'webhook', 'linxi/elder-2')
  ] as const
  const secret = await secretOf('add-sink-secret', 'sms')
  gateway = spawnGateway(setup)
  await gateway.ready
  expect(await press(setup.ports.webhook, 'elder-1', elders[0], 'help', 'e1')).toBe(200)
  // A call for help that turns out to be forced, before anybody was told of it.
  expect(await press(setup.ports.webhook, 'elder-2', elders[1], 'help', 'd1')).toBe(200)
  expect(await press(setup.ports.webhook, 'elder-2', elders[1], 'duress', 'd2')).toBe(200)
  await until('the receiver was tried', () => state.tries >= 1, 60_000)
  const killed = gateway
  await killed.kill('SIGKILL')
  state.up = true
  gateway = spawnGateway(setup)
  await gateway.ready
  await until('the first was told', () => state.taken.length >= 1, 60_000)
  const again = gateway
  await again.kill('SIGKILL')
  gateway = spawnGateway(setup)
  await gateway.ready
  // Told of before the restart, told of after it: a further press tells nobody anew.
  expect(await press(setup.ports.webhook, 'elder-1', elders[0], 'help', 'e2')).toBe(200)
  const idOf = ({ headers }: Got) => headers['x-pingan-delivery']
  const distinct = () => state.taken.filter((each, n, all) => all.findIndex(other => idOf(other) === idOf(each)) === n)
  await until('both were told', () => distinct().length >= 2, 60_000)
  await gateway.kill('SIGTERM')
  for (const { headers, body } of state.taken) {
    const mac = createHmac('sha256', secret).update(`${headers['x-pingan-timestamp']}.${body}`).digest('hex')
    expect(headers).toMatchObject({ 'x-pingan-signature': `sha256=${mac}`, 'x-pingan-event': 'contact' })
  }
  // Killed between the answer and our note of it a message comes again under its id, as with every sink.
  const messages = distinct().map(
    ({ body }) => JSON.parse(body) as { to: { name: string }; household: { name: string } }
  )
  expect(messages.map(({ to, household }) => [household.name, to.name])).toEqual([
    ['陈桂芳', '林晓'],
    ['陈桂芳', '林洁']
  ])
  const said = killed.output() + again.output() + gateway.output()
  expect([secret, 'a-secret-path', '13900000001'].filter(word => said.includes(word))).toEqual([])
  expect((await runCommand(['verify', ...common])).output).toContain('all invariants hold')
}, 180_000)
