/** Who comes in and how long: cookies, log-out with pictures open, freed seats, disabled people, metrics behind a proxy; and what the floor is told of floods. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const protocol = createFakeProtocol()
let running: RunningGateway
let leader: ConsoleClient
let administrator: ConsoleClient

beforeAll(async () => {
  running = await runGateway({
    dir: tempDir('doors'),
    adapters: [protocol.definition],
    registry: { ...SMALL_TOWN, sources: [] },
    config: { access: { sessionMs: 3_600_000 } }
  })
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  administrator = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  await leader.connect()
})
afterAll(async () => {
  leader?.close()
  await running?.stop()
})

test('the cookie ends with its session', async () => {
  const password = await running.person('10500', 'operator')
  const response = await fetch(`${running.url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: '10500', password })
  })
  const age = Number(/Max-Age=(\d+)/.exec(response.headers.get('set-cookie') ?? '')?.[1])
  expect(age).toBeGreaterThan(3_590)
  expect(age).toBeLessThanOrEqual(3_600)
})

test('the last log-out of a person cuts the pictures, an earlier one does not', async () => {
  const password = await running.person('10327', 'operator')
  const [first, second] = [await logIn(running.url, '10327', password), await logIn(running.url, '10327', password)]
  await first.post('/api/logout')
  expect(running.media.ended).toEqual([])
  await second.post('/api/logout')
  expect(running.media.ended).toEqual([second.user.userId])
})

test('a leader frees a seat, an operator may not; an administrator disables a person, whose sessions end', async () => {
  const password = await running.person('10411', 'operator')
  const operator = await logIn(running.url, '10411', password, 4)
  expect((await operator.post('/api/admin/seats/1/free')).status).toBe(403)
  expect((await leader.post('/api/admin/seats/4/free')).status).toBe(204)
  expect((await operator.get('/api/session')).status).toBe(401)
  const again = await logIn(running.url, '10411', password, 4)
  expect((await leader.post('/api/admin/users/10411/disabled', { disabled: true })).status).toBe(403)
  expect((await administrator.post('/api/admin/users/10001/disabled', { disabled: true })).status).toBe(403)
  expect((await administrator.post('/api/admin/users/10411/disabled', { disabled: true })).status).toBe(204)
  expect((await again.get('/api/session')).status).toBe(401)
  await expect(logIn(running.url, '10411', password)).rejects.toThrow('401')
  expect((await administrator.post('/api/admin/users/10411/disabled', { disabled: false })).status).toBe(204)
  expect((await logIn(running.url, '10411', password)).user.login).toBe('10411')
})

describe('metrics', () => {
  const status = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request(`${running.url}/metrics`, { headers }, response => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })

  test('are open to this machine, but not to whoever comes through its reverse proxy', async () => {
    expect(await status({})).toBe(200)
    expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(401)
    expect(await status({ via: '1.1 proxy' })).toBe(401)
    expect(await status({ 'x-forwarded-for': '203.0.113.7', cookie: leader.cookie })).toBe(200)
  })
})

test('a flood of strangers becomes a storm and a named address on every floor', async () => {
  const receivedTimeMs = Date.now()
  for (let n = 0; n < 14; n++)
    await protocol
      .host()
      .accept(sampleSignal({ sourceId: id(`fake:stranger-${n}`), receivedTimeMs, origin: 'tcp 10.9.8.7:1' }))
  protocol.host().reject('unknownFlood', 'udp 10.9.8.6:5060')
  const codes = () => leader.notices().map(n => [n.code, n.data.origin])
  await until('the notices', () => codes().length >= 3)
  expect(codes()).toEqual([
    ['storm', undefined],
    ['unknownFlood', '10.9.8.7'],
    ['unknownFlood', '10.9.8.6']
  ])
})

test.each(['port', 'httpsPort'])(
  'a taken http.%s is named with its setting, as that of any other listener',
  async setting => {
    const port = running.port(`http.${setting}`)
    const another = runGateway({
      dir: tempDir('doors-taken'),
      adapters: [protocol.definition],
      registry: { ...SMALL_TOWN, sources: [] },
      config: { http: { address: '127.0.0.1', port: 0, httpsPort: 0, [setting]: port } }
    })
    await expect(another).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      detail: { port, setting: `http.${setting}` }
    })
  }
)
