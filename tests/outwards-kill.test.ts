/** Outwards over a kill -9: an HTTP server that first refuses, then takes; what was stored with the alarm arrives signed, once, in order. */
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type GatewayProcess, prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const SCHEMA = join(import.meta.dirname, 'schemas', 'cap-1.2.xsd')
let gateway: GatewayProcess | undefined
const stops: (() => void)[] = []
afterEach(async () => {
  await gateway?.kill('SIGKILL')
  for (const stop of stops.splice(0)) stop()
})

interface Got {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers 503 until told otherwise; `taken` is what it said 204 to. */
async function receiver() {
  const state = { up: false, tries: 0, taken: [] as Got[] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      state.tries += 1
      const body = Buffer.concat(chunks).toString('utf8')
      if (state.up) state.taken.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(state.up ? 204 : 503).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close().closeAllConnections())
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function press(port: number, secret: string, eventId: string): Promise<number> {
  const body = JSON.stringify({ v: 1, eventId, type: 'panic' })
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  const headers = { 'x-pingan-timestamp': timestamp, 'x-pingan-signature': `sha256=${signature}` }
  const url = `http://127.0.0.1:${port}/v1/linxi/school-1/alarm`
  return (await fetch(url, { method: 'POST', body, headers })).status
}

it('killed before and between deliveries: each sink gets each message once, signed, in order; CAP validates', async () => {
  const { state, url } = await receiver()
  const sinks = [
    { name: 'city', url: `${url}/city`, personal: true },
    { name: 'province', url: `${url}/cap`, format: 'cap', addresses: ['duty@example.org'] }
  ]
  const registry = {
    ...SMALL_TOWN,
    sources: [{ id: 'webhook:linxi/school-1', subjectId: 'h1', kind: 'oneKeyCall' }]
  }
  const setup = await prepareProcess(tempDir('outwards-kill'), registry, {
    outwards: { sinks, retryMs: 200, retryMaxMs: 1_000, breakerMs: 200 }
  })
  const common = ['--config', setup.configFile]
  const secretOf = async (...args: string[]) =>
    / {2}(\S+) {2}\(shown once\)/.exec((await runCommand([...args, ...common])).output)?.[1] ?? ''
  const device = await secretOf('add-device', 'webhook', 'linxi/school-1')
  const secrets = {
    '/city': await secretOf('add-sink-secret', 'city'),
    '/cap': await secretOf('add-sink-secret', 'province')
  }

  gateway = spawnGateway(setup)
  await gateway.ready
  expect(await press(setup.ports.webhook, device, 'e1')).toBe(200)
  await until('both sinks were tried', () => state.tries >= 2)
  const first = gateway
  await first.kill('SIGKILL')
  state.up = true
  gateway = spawnGateway(setup)
  await gateway.ready
  await until('both have the alert', () => state.taken.length >= 2)
  expect(await press(setup.ports.webhook, device, 'e2')).toBe(200)
  await gateway.kill('SIGKILL')
  gateway = spawnGateway(setup)
  await gateway.ready
  await until('both have the second press', () => state.taken.filter(each => sequenceOf(each) >= 2).length >= 2)
  await gateway.kill('SIGTERM')

  for (const { headers, body, path } of state.taken) {
    const signed = `${headers['x-pingan-timestamp']}.${body}`
    const mac = createHmac('sha256', secrets[path as '/city'])
      .update(signed)
      .digest('hex')
    expect(headers['x-pingan-signature']).toBe(`sha256=${mac}`)
  }
  // Killed between the answer and our note of it, a message comes again under its id: a receiver leaves the repeat out.
  const idOf = ({ headers }: Got) => headers['x-pingan-delivery']
  const of = (path: string) =>
    state.taken
      .filter(each => each.path === path)
      .filter((each, index, all) => all.findIndex(other => idOf(other) === idOf(each)) === index)
  expect(of('/city').map(each => JSON.parse(each.body).event)).toEqual(
    of('/city').map((_, i) => (i ? 'updated' : 'opened'))
  )
  expect(JSON.parse(of('/city').at(-1)?.body ?? '').incident).toMatchObject({ presses: 2, subject: { name: '陈桂芳' } })
  // Of the JSON none is missing; CAP has no number, its names tell the order.
  expect(of('/city').map(sequenceOf)).toEqual(of('/city').map((_, index) => index + 1))
  const versions = of('/cap').map(sequenceOf)
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
  for (const [index, { body, headers }] of of('/cap').entries()) {
    expect(headers['content-type']).toBe('application/cap+xml; charset=utf-8')
    expect(spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, '-'], { input: body }).status).toBe(0)
    expect(body).toContain(`<msgType>${index ? 'Update' : 'Alert'}</msgType>`)
    expect(body.match(/pingan-gateway\.linxi,/g)?.length ?? 0).toBe(index)
    expect(body).not.toMatch(/陈桂芳|6650147|杏花巷/)
  }
  const said = first.output() + gateway.output()
  expect(Object.values(secrets).filter(secret => secret.length < 40 || said.includes(secret))).toEqual([])
  expect((await runCommand(['verify', ...common])).output).toContain('all invariants hold')
})

function sequenceOf({ body }: Got): number {
  return body.startsWith('{') ? JSON.parse(body).sequence : Number(/<identifier>.*\.(\d+)</.exec(body)?.[1])
}
