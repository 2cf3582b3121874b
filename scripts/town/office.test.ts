/** The town's administrator and the county's platform against a whole gateway: what is entered at the first start, and that the platform is told of a press. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../../gateway/core/brand.ts'
import { distanceM } from '../../gateway/core/geo.ts'
import type { RouteDetail } from '../../gateway/core/patrol-route.ts'
import { signedHeaders } from '../../gateway/feed/outwards/message.ts'
import { loadRegistry } from '../../gateway/registry/load.ts'
import { logIn } from '../../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../../gateway/testing/samples.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { junctionNear } from './mover.ts'
import { officePart } from './office.ts'
import { ROOT } from './plan.ts'
import { PLATFORM, platformPart } from './platform.ts'
import { readTown } from './scenario.ts'

const read = readTown(join(ROOT, 'config/scenarios/town.yaml'))
const dir = tempDir('office')
const protocol = createFakeProtocol()
const ports = { ...read.scenario.ports, platform: 0 }
const platform = platformPart({ ...read, scenario: { ...read.scenario, ports } }, { seed: 's' })
let running: RunningGateway
let password: string

beforeAll(async () => {
  const { gridCells, ...registry } = await loadRegistry(join(ROOT, 'config/scenarios/town.registry.yaml'))
  expect(gridCells.length).toBeGreaterThan(0)
  const sources = [{ id: 'fake:1', subjectId: 'household-12', kind: 'panicPhone' }]
  running = await runGateway({
    ...{ dir, adapters: [protocol.definition] },
    registry: { ...registry, sources, grid: join(ROOT, 'config/grid/cells.geojson') },
    config: { outwards: { allow: ['127.0.0.1/32'], retryMs: 100 } }
  })
  password = await running.person('10001', 'administrator')
  await platform.start()
}, 60_000)
afterAll(async () => {
  await platform.stop()
  await running?.stop()
})

const office = () =>
  officePart(
    { ...read, scenario: { ...read.scenario, ports: { ...ports, platform: platform.port } } },
    { seed: 's', gateway: running.url, loginsFile: join(dir, 'logins.txt') }
  )

it('waits for its log-in, enters route and platform once, and the platform believes what the gateway sends', async () => {
  const first = office()
  await first.start()
  expect(first.online).toBe(0)
  writeFileSync(join(dir, 'logins.txt'), `10001  ${password}  管理员 administrator, 管理员\n`)
  await until('the office has entered all', () => first.online === 1)
  const administrator = await logIn(running.url, '10001', password)
  const json = async (path: string) => (await administrator.get(path)).json()
  const routes = await json('/api/patrol-routes')
  expect(routes).toMatchObject({ found: 1, rows: [{ name: '杏花巷—滨河路', units: ['骑巡 18 组'], points: 4 }] })
  const [row] = (routes as { readonly rows: readonly { readonly id: string }[] }).rows
  const { draft } = (await json(`/api/patrol-routes/detail?id=${row?.id}`)) as RouteDetail
  // Each point lies at a corner that the unit comes to on its round.
  for (const { lat, lon, radiusM } of draft.points) {
    const [corner] = read.roads.ways(junctionNear(read.roads, [lon, lat]))[0]?.path ?? []
    const at = { lat: corner?.[1] ?? 0, lon: corner?.[0] ?? 0, datum: 'wgs84' as const }
    expect(distanceM({ lat, lon, datum: 'wgs84' }, at)).toBeLessThan(radiusM / 2)
  }
  await protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))
  await until('the platform is told', () => platform.taken > 0)
  expect(platform.missing).toBe(0)
  expect(await json('/api/deliveries')).toMatchObject({ sinks: [{ name: PLATFORM.name, state: 'ready', dead: 0 }] })
  const forged = { method: 'POST', headers: { 'x-pingan-signature': 'sha256=00' }, body: '{}' }
  expect((await fetch(`http://127.0.0.1:${platform.port}${PLATFORM.path}`, forged)).status).toBe(401)
  const missing = []
  for (const sequence of [1, 3, 3, 2]) {
    const body = JSON.stringify({ delivery: `d${sequence}`, sequence, incident: { id: 'another' } })
    const headers = signedHeaders(
      PLATFORM.secret('s'),
      { id: `d${sequence}`, event: 'updated', contentType: 'application/json', body },
      Date.now()
    )
    await fetch(`http://127.0.0.1:${platform.port}${PLATFORM.path}`, { method: 'POST', headers, body })
    missing.push(platform.missing)
  }
  expect(missing).toEqual([0, 1, 1, 0])
  await first.stop()

  expect(existsSync(join(dir, 'demo.office'))).toBe(true)
  const again = office()
  await again.start()
  expect(again.online).toBe(1)
  expect(await json('/api/patrol-routes')).toMatchObject({ found: 1 })
  await again.stop()
}, 60_000)
