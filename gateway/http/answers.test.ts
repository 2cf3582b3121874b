/** What the API's description says of answers is what a running gateway answers: every list, and the routes of an incident's life, without one field more. */
import { Compile } from 'typebox/schema'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import { type ConsoleClient, logIn } from '../testing/console-client.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly required: boolean }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >
}
interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: object }
}

const protocol = createFakeProtocol()
const clients: ConsoleClient[] = []
let running: RunningGateway
let described: Described
let components: object

/** A field that nobody has described is a fault here, whatever JSON Schema allows. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const own = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === 'enum' ? value : strict(value)])
  )
  return own.type === 'object' && own.properties && !own.additionalProperties
    ? { ...own, additionalProperties: false }
    : own
}

function faultsOf(route: string, answer: unknown): readonly unknown[] {
  const [verb = '', path = ''] = route.split(' ')
  const schema = described.paths[path]?.[verb.toLowerCase()]?.responses['200']?.content?.['application/json']?.schema
  if (!schema) return [`${route} has no schema`]
  const compiled = Compile({ allOf: [strict(schema)], components } as never)
  return compiled.Check(answer) ? [] : compiled.Errors(answer)[1].slice(0, 3)
}

/** By the first of the people who may. */
async function read(path: string): Promise<Response | undefined> {
  for (const client of clients) {
    const answer = await client.get(path)
    if (answer.status !== 403) return answer
  }
  return undefined
}

beforeAll(async () => {
  running = await runGateway({
    ...{ dir: tempDir('answers'), adapters: [protocol.definition] },
    registry: { ...SMALL_TOWN, sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'oneKeyCall' }] },
    config: { outwards: { sinks: [{ name: 'city', url: 'http://127.0.0.1:9/' }] } }
  })
  const people = [
    ['10311', 'operator', {}],
    ['10327', 'leader', {}],
    ['10001', 'administrator', {}],
    ['20001', 'patrol', { unitId: 'u1' }],
    ['30001', 'auditor', {}]
  ] as const
  for (const [n, [login, role, more]] of people.entries())
    clients.push(await logIn(running.url, login, await running.person(login, role, more), n < 2 ? n + 1 : undefined))
  described = (await (await read('/api/openapi.json'))?.json()) as Described
  components = strict(described.components) as object
  await protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))
  await until('the incident', () => [...running.gateway.incidents.all()].length > 0)
}, 120_000)
afterAll(() => running?.stop())

it('every route says what it answers: JSON with its schema, a file, or nothing', () => {
  const silent = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([verb, { responses }]) => {
      const { content } = responses['200'] ?? {}
      const json = content?.['application/json']
      const said = json ? json.schema && Object.keys(json.schema).length > 0 : (content ?? responses['204'])
      // The simulated town answers that one itself.
      return said || path === '/api/demo/press' ? [] : [`${verb} ${path}`]
    })
  )
  expect(silent).toEqual([])
})

it('every list and state that needs no more than a session', async () => {
  const faults: unknown[] = []
  const checked: string[] = []
  for (const [path, { get }] of Object.entries(described.paths)) {
    if (!get || get.parameters?.some(each => each.required)) continue
    if (!get.responses['200']?.content?.['application/json']) continue
    const answer = await read(path)
    if (answer?.status !== 200) continue
    checked.push(path)
    const wrong = faultsOf(`GET ${path}`, await answer.json())
    if (wrong.length > 0) faults.push([path, wrong])
  }
  expect(faults).toEqual([])
  expect(checked.length).toBeGreaterThan(40)
}, 120_000)

it('an incident from acknowledging to its units, its records, and the forms of the administration', async () => {
  const [operator, leader, administrator, patrol] = clients as [
    ConsoleClient,
    ConsoleClient,
    ConsoleClient,
    ConsoleClient
  ]
  const incident = [...running.gateway.incidents.all()][0]?.id
  const draft = { name: '新组' }
  const sink = { ...{ name: 'a', url: 'https://example.org', enabled: false, format: 'json', scope: 'private' } }
  const steps: readonly (readonly [client: ConsoleClient, route: string, path: string, body?: object])[] = [
    [patrol, 'POST /api/patrol/sign-on', '/api/patrol/sign-on', { unitId: 'u1' }],
    [operator, 'POST /api/incidents/{id}/actions', `/api/incidents/${incident}/actions`, { action: 'acknowledge' }],
    [operator, 'GET /api/incidents/{id}', `/api/incidents/${incident}`],
    [operator, 'GET /api/incidents/{id}/numbers', `/api/incidents/${incident}/numbers`],
    [operator, 'GET /api/incidents/{id}/commands', `/api/incidents/${incident}/commands`],
    [leader, 'GET /api/incidents/{id}/record', `/api/incidents/${incident}/record`],
    [operator, 'GET /api/sources/detail', '/api/sources/detail?id=fake:1'],
    [administrator, 'GET /api/subjects', '/api/subjects?kinds=household'],
    [administrator, 'GET /api/subjects/detail', '/api/subjects/detail?id=h1'],
    [administrator, 'GET /api/groups/detail', '/api/groups/detail?id=g1'],
    [administrator, 'GET /api/units/detail', '/api/units/detail?id=u1'],
    [administrator, 'GET /api/camera-records/detail', '/api/camera-records/detail?id=c1'],
    [administrator, 'GET /api/users/detail', '/api/users/detail?id=10311'],
    [administrator, 'POST /api/groups', '/api/groups', { version: 0, draft }],
    [administrator, 'POST /api/groups', '/api/groups', { version: 0, draft: { name: '' } }],
    [administrator, 'POST /api/tokens', '/api/tokens', { name: 'a', scopes: ['reports'], days: 1 }],
    [administrator, 'GET /api/sinks/detail', '/api/sinks/detail?id=city'],
    [administrator, 'POST /api/sinks/test', '/api/sinks/test', { id: 'city' }],
    [administrator, 'POST /api/sinks', '/api/sinks', { version: 0, draft: { ...sink, ...SINK_REST } }],
    [administrator, 'POST /api/sinks/remove', '/api/sinks/remove', { id: 'a', version: 1 }]
  ]
  const faults: unknown[] = []
  for (const [client, route, path, body] of steps) {
    const answer = await (body ? client.post(path, body) : client.get(path))
    const said = await answer.json()
    if (!answer.ok) faults.push([route, said])
    else if (faultsOf(route, said).length > 0) faults.push([route, faultsOf(route, said)])
  }
  expect(faults).toEqual([])
}, 120_000)

it('the check itself finds what is missing, wrong and too much', () => {
  const right = { name: '新组', id: 'g', version: 0 }
  const saved = (more: object) => faultsOf('POST /api/groups', { saved: true, ...right, ...more }).length
  expect(faultsOf('POST /api/groups', { saved: true, id: 'g', version: 1 })).toEqual([])
  expect(faultsOf('POST /api/groups', { saved: true, id: 'g' }).length).toBeGreaterThan(0)
  expect(faultsOf('POST /api/groups', { saved: true, id: 7, version: 1 }).length).toBeGreaterThan(0)
  expect(saved({})).toBeGreaterThan(0)
})

const SINK_REST = {
  ...{
    addresses: [],
    restriction: '',
    status: 'actual',
    tell: 'opened',
    personal: false,
    lowestPriority: 4,
    classes: []
  }
}
