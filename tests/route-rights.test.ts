/** Every route of a running gateway, called by every role, by every scope of an API token and by nobody: open where route-rights.ts says so, else refused. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { API_SCOPES, type TokenMade } from '../gateway/core/api-token.ts'
import type { ErrorBody } from '../gateway/core/wire.ts'
import { scopesOf } from '../gateway/http/scopes.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { BY_ROLE, DEMO, LETTERS, type Letter, OPEN } from './route-rights.ts'
import { type Route, routesOf } from './route-samples.ts'

const TEST_MS = 240_000
const clock = createFakeClock(1_795_000_000_000)
const cookies = new Map<Letter, string>()
let running: RunningGateway
let routes: readonly Route[]

beforeAll(async () => {
  running = await runGateway({ dir: tempDir('route-rights'), clock, adapters: [createFakeProtocol().definition] })
  let login = 10_001
  for (const [letter, role] of Object.entries(LETTERS) as [Letter, (typeof LETTERS)[Letter]][]) {
    const own = role === 'patrol' ? { unitId: 'u1' } : role === 'taxiDispatcher' ? { fleetId: 'fleet-1' } : {}
    const number = String(login++)
    cookies.set(letter, (await logIn(running.url, number, await running.person(number, role, own))).cookie)
  }
  routes = await routesOf(running.url, cookies.get('A') ?? '')
}, TEST_MS)
afterAll(() => running.stop())

/** `open`, or what it was refused with. */
async function call({ method, path, body, type }: Route, headers: Record<string, string>): Promise<string> {
  const response = await fetch(running.url + path, {
    ...{ method, body, redirect: 'manual' },
    headers: { ...headers, ...(type ? { 'content-type': type } : {}) }
  })
  const text = await response.text()
  if (response.status < 400) return 'open'
  const { error, detail } = JSON.parse(text) as ErrorBody
  if (error === 'NOT_LOGGED_IN' || (error === 'NOT_ALLOWED' && detail?.permission !== undefined)) return error
  // Malformed or broken: this request said nothing about rights.
  return response.status >= 500 || /"faults":"(body|querystring|params)\b/.test(text)
    ? `${response.status} ${text.slice(0, 160)}`
    : 'open'
}
const letters = [...Object.keys(LETTERS)] as Letter[]
const GUARDED = () => routes.filter(({ name }) => ![...OPEN, ...DEMO].includes(name))

it('has every route in the table, once, and nothing else', () => {
  const said = [...OPEN, ...DEMO, ...Object.values(BY_ROLE).flat()]
  expect(said.toSorted()).toEqual(routes.map(({ name }) => name).toSorted())
})

it('refuses every route but the open ones to whoever has no session', { timeout: TEST_MS }, async () => {
  for (const route of GUARDED()) expect([route.name, await call(route, {})]).toEqual([route.name, 'NOT_LOGGED_IN'])
})

it('asks who somebody is before it looks at what he sent', { timeout: TEST_MS }, async () => {
  const said: string[] = []
  for (const { name, method, path } of GUARDED()) {
    const [bare = ''] = path.split('?')
    const wrong = method === 'GET' ? {} : { method, headers: { 'content-type': 'application/json' }, body: '{"no' }
    const response = await fetch(`${running.url}${bare}?no=${'x'.repeat(10)}`, { ...wrong, redirect: 'manual' })
    const { error } = (await response.json()) as ErrorBody
    if (response.status !== 401 || error !== 'NOT_LOGGED_IN') said.push(`${name}: ${response.status} ${error}`)
  }
  expect(said).toEqual([])
})

it('opens each route to its roles and to no other', { timeout: TEST_MS }, async () => {
  const wrong: string[] = []
  for (const [roles, names] of Object.entries(BY_ROLE))
    for (const name of names) {
      const route = routes.find(each => each.name === name)
      for (const letter of letters) {
        const got = route ? await call(route, { cookie: cookies.get(letter) ?? '' }) : 'not there'
        const wanted = roles.includes(letter) ? 'open' : 'NOT_ALLOWED'
        if (got !== wanted) wrong.push(`${LETTERS[letter]} ${name}: ${got}, not ${wanted}`)
      }
    }
  expect(wrong).toEqual([])
})

it('opens to a token the routes of its scope and no other, and none when it is over', {
  timeout: TEST_MS
}, async () => {
  const wrong: string[] = []
  const cookie = cookies.get('A') ?? ''
  for (const scope of API_SCOPES) {
    const made = await fetch(`${running.url}/api/tokens`, {
      ...{ method: 'POST', headers: { cookie, 'content-type': 'application/json' } },
      body: JSON.stringify({ name: scope, scopes: [scope], days: 1 })
    })
    const token = (await made.json()) as TokenMade
    const authorization = `Bearer ${token.saved ? token.secret : ''}`
    for (const route of GUARDED()) {
      const opens = route.name === 'GET /api/openapi.json' || scopesOf(route.name).includes(scope)
      const got = await call(route, { authorization })
      if (got !== (opens ? 'open' : 'NOT_ALLOWED')) wrong.push(`${scope} ${route.name}: ${got}`)
      await clock.advance(500)
    }
    // In an address it is no token: it would stand in logs and histories.
    const inUrl = await fetch(
      `${running.url}/api/openapi.json?token=${authorization.slice(7)}&access_token=${authorization.slice(7)}`
    )
    if (inUrl.status !== 401) wrong.push(`${scope}: taken from the address`)
  }
  expect(wrong).toEqual([])
})
