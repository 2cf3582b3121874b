/** API tokens over a whole gateway: shown once, hashed at rest, open only what their scopes name, bounded, on record, revoked at once. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_SCOPES, type ApiScope, TOKEN_LIMITS, type TokenMade } from '../gateway/core/api-token.ts'
import type { SubjectSaved } from '../gateway/core/subject-record.ts'
import { SCOPES, scopesOf } from '../gateway/http/scopes.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const TEST_MS = 120_000
const dir = tempDir('api-tokens')
const clock = createFakeClock(1_795_000_000_000)
let running: RunningGateway
let admin: ConsoleClient
let count = 0

beforeAll(async () => {
  running = await runGateway({ dir, clock, adapters: [createFakeProtocol().definition] })
  admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
}, TEST_MS)
afterAll(() => running.stop())

async function make(scopes: readonly ApiScope[], days = 30): Promise<Extract<TokenMade, { saved: true }>> {
  const made = (await (await admin.post('/api/tokens', { name: `程序 ${++count}`, scopes, days })).json()) as TokenMade
  if (!made.saved) throw new Error(JSON.stringify(made.faults))
  return made
}
const call = (secret: string, path: string, body?: object, more: Record<string, string> = {}) =>
  fetch(running.url + path, {
    headers: { authorization: `Bearer ${secret}`, ...(body ? { 'content-type': 'application/json' } : {}), ...more },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {})
  })

it('opens the routes of its scopes and no other, whatever cookie comes with it', { timeout: TEST_MS }, async () => {
  const reader = await make(['read-incidents'])
  expect((await call(reader.secret, '/api/incidents')).status).toBe(200)
  expect((await call(reader.secret, '/api/openapi.json')).status).toBe(200)
  for (const path of ['/api/subjects?kinds=household', '/api/users', '/api/tokens', '/api/audit', '/api/session'])
    expect([path, (await call(reader.secret, path)).status]).toEqual([path, 403])
  expect((await call(reader.secret, '/api/users', undefined, { cookie: admin.cookie })).status).toBe(403)
  expect((await call('pgw_nothing', '/api/incidents', undefined, { cookie: admin.cookie })).status).toBe(401)

  const writer = await make(['write-registry'])
  const draft = { kind: 'household', name: '吴秀英', address: '杏花巷 20 号', contacts: [], sources: [] }
  const saved = (await (await call(writer.secret, '/api/subjects', { draft, version: 0 })).json()) as SubjectSaved
  expect(saved).toMatchObject({ saved: true })
  expect((await call(writer.secret, '/api/incidents')).status).toBe(403)
  const more = { name: 'x', scopes: ['diagnostics'], days: 1 }
  expect((await call(writer.secret, '/api/tokens', more)).status).toBe(403)

  const watcher = await make(['read-deliveries'])
  expect((await call(watcher.secret, '/api/deliveries?dead=200')).status).toBe(200)
  expect((await call(watcher.secret, '/api/sinks/city/orders', { order: 'pause' })).status).toBe(403)
  expect((await call(reader.secret, '/api/deliveries')).status).toBe(403)

  const figures = '/api/reports/incidents?by=day&from=2026-11-01&to=2026-11-02'
  expect((await call((await make(['reports'])).secret, figures)).status).toBe(200)
  const refused = await call(reader.secret, figures)
  expect(refused.status).toBe(403)
  expect(await refused.json()).toMatchObject({ detail: { needs: 'reports' } })
  const closed = await call(reader.secret, '/api/tokens')
  expect(await closed.json()).toMatchObject({ detail: { needs: 'no scope opens this route' } })
  const unknown = await call(writer.secret, '/api/subjects/remove', { id: 'h1', version: 0, colour: 'red' })
  expect(await unknown.json()).toMatchObject({
    detail: { faults: 'body must NOT have additional properties: colour' }
  })

  const audit = await running.gateway.store.auditTail(100)
  const said = audit.map(({ who, action, object }) => `${who} ${action} ${object}`)
  expect(said).toEqual(
    expect.arrayContaining([
      `10001 名 10001 token.make token:${reader.token.id}`,
      `api ${reader.token.name} token.use token:${reader.token.id}`,
      `api ${writer.token.name} subject.save subject:${saved.saved ? saved.id : ''}`
    ])
  )
  // What it was refused is on record, too; one use an hour stands for many.
  expect(audit.some(({ who, outcome }) => who === `api ${reader.token.name}` && outcome === 'refused')).toBe(true)
  await call(reader.secret, '/api/incidents')
  const uses = (await running.gateway.store.auditTail(100)).filter(
    ({ action, object, detail }) =>
      action === 'token.use' && object === `token:${reader.token.id}` && detail?.route === 'GET /api/incidents'
  )
  expect(uses).toHaveLength(1)
})

it('is nowhere on the disk in clear and in no list; it ends when it is revoked', {
  timeout: TEST_MS
}, async () => {
  const { secret, token } = await make(['read-devices'])
  expect((await call(secret, '/api/sources')).status).toBe(200)
  const list = await (await admin.get('/api/tokens')).text()
  expect(list).toContain(token.id)
  expect(list).not.toMatch(/hash|pgw_/)
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
  for (const file of files) expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false)

  expect((await admin.post(`/api/tokens/${token.id}/revoke`)).status).toBe(204)
  const over = await call(secret, '/api/sources')
  expect(over.status).toBe(401)
  expect(await over.json()).toMatchObject({ detail: { token: 'not known, revoked or past its end' } })
  expect((await admin.post(`/api/tokens/${token.id}/revoke`)).status).toBe(404)
})

it('asks so often and no more; another one is not held up by it', { timeout: TEST_MS }, async () => {
  const [greedy, other] = [await make(['reports']), await make(['reports'])]
  const ask = () => call(greedy.secret, '/api/camera-health/days').then(({ status }) => status)
  for (let n = 0; n < TOKEN_LIMITS.burst; n++) expect(await ask()).toBe(200)
  expect(await ask()).toBe(429)
  expect((await call(other.secret, '/api/camera-health/days')).status).toBe(200)
  await clock.advance(1_000)
  expect(await ask()).toBe(200)
})

it('names what is wrong with a new one; a leader makes none', { timeout: TEST_MS }, async () => {
  const wrong = (await (await admin.post('/api/tokens', { name: ' ', scopes: [], days: 9_999 })).json()) as TokenMade
  expect(wrong.saved ? [] : wrong.faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
    ...['name required', 'scopes chooseOne', 'days range']
  ])
  expect((await admin.post('/api/tokens', { name: 'x', scopes: ['everything'], days: 1 })).status).toBe(400)
  const leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  expect((await leader.get('/api/tokens')).status).toBe(403)
  expect((await leader.post('/api/tokens', { name: 'x', scopes: ['reports'], days: 1 })).status).toBe(403)
})

describe('the description of the API', () => {
  it('says of every route which scope opens it, and every scope opens routes that exist', {
    timeout: TEST_MS
  }, async () => {
    const document = (await (await admin.get('/api/openapi.json')).json()) as {
      paths: Record<string, Record<string, { security?: readonly Record<string, readonly string[]>[] }>>
      components: { securitySchemes: object }
    }
    expect(document.components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
    const named = new Set<string>()
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, { security = [] }] of Object.entries(operations)) {
        const scopes = scopesOf(`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
        expect(security.flatMap(each => each.token ?? [])).toEqual(scopes)
        for (const scope of scopes) named.add(scope)
      }
    expect([...named].sort()).toEqual([...API_SCOPES].sort())
    const there = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(method => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
    )
    for (const { routes } of Object.values(SCOPES)) expect(there).toEqual(expect.arrayContaining([...routes]))
  })
})
