/** The described API over a whole gateway: every route is in it, with the schema that is really checked; nobody reads it without a session. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Record<string, unknown> }>> }
  readonly security?: readonly object[]
}
let running: RunningGateway
let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>

beforeAll(async () => {
  running = await runGateway({ dir: tempDir('openapi'), adapters: [createFakeProtocol().definition] })
  const password = await running.person('10327', 'operator')
  const login = await fetch(`${running.url}/api/login`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ login: '10327', password })
  })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const answer = await fetch(`${running.url}/api/openapi.json`, { headers: { cookie } })
  const document = (await answer.json()) as { openapi: string; paths: typeof paths }
  expect(document.openapi).toBe('3.1.0')
  paths = document.paths
})
afterAll(() => running.stop())

const bodyOf = (path: string) => paths[path]?.post?.requestBody?.content['application/json']?.schema

it('is read by people with a session only', async () => {
  expect((await fetch(`${running.url}/api/openapi.json`)).status).toBe(401)
})

it('has the routes with their parameters, and the bodies that are checked', () => {
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/api/incidents', '/api/incidents/{id}', '/api/evidence/{id}', '/api/deliveries'])
  )
  for (const [path, operations] of Object.entries(paths))
    for (const operation of Object.values(operations)) {
      const said = (operation.parameters ?? []).filter(each => each.in === 'path').map(each => each.name)
      expect(said).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]))
    }
  expect(paths['/api/incidents']?.get?.parameters?.map(each => each.name)).toEqual(['limit', 'beforeMs'])
  expect(bodyOf('/api/login')).toMatchObject({ required: ['login', 'password'], additionalProperties: false })
  expect(paths['/api/login']?.post?.security).toEqual([])
  const photo = paths['/api/patrol/orders/{id}/photos']?.post
  expect(Object.keys(photo?.requestBody?.content ?? {})).toEqual(['image/jpeg', 'image/png', 'image/webp'])
})

it('names every action of an incident with its own fields', () => {
  const actions = bodyOf('/api/incidents/{id}/actions')?.oneOf as { properties: Record<string, { const?: string }> }[]
  const words = actions.map(each => each.properties.action?.const)
  expect(words).toEqual(expect.arrayContaining(['acknowledge', 'dispatch', 'resolve', 'close']))
  expect(bodyOf('/api/incidents/{id}/commands')?.properties).toHaveProperty('confirmedByPassword')
  expect(actions.find(each => each.properties.action?.const === 'dispatch')?.properties).toHaveProperty('unitId')
})
