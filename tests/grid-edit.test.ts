/** The grid over the API of a whole gateway: looked at, taken in as a whole, true at once and after a restart, refused where it is wrong, given out. */
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { verifyWork } from '../gateway/compose/verify-work.ts'
import { id } from '../gateway/core/brand.ts'
import type { Found } from '../gateway/core/find.ts'
import type { GridLine, GridReport, GridState } from '../gateway/core/grid-wire.ts'
import type { MapInfo } from '../gateway/core/wire.ts'
import { box, geoJson, madeGrid } from '../gateway/registry/grid/testing.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const TEST_MS = 120_000
let running: RunningGateway | undefined
afterEach(() => running?.stop())

const SOUND = madeGrid(1, 2).map(cell => ({ ...cell, unit: cell.code === 'g1-1-1' ? '巡防 07 车' : undefined }))
/** g1-1-1 lies over a part of g1-1-2. */
const OVERLAPPING = SOUND.map(cell => (cell.code === 'g1-1-1' ? { ...cell, ring: box(0, 0, 0.003, 0.0025) } : cell))

async function comeIn(url: string, password: string) {
  const admin = await logIn(url, '10001', password)
  const send = async (path: string, text: string, cookie = admin.cookie) =>
    fetch(`${url}${path}`, {
      ...{ method: 'POST', body: text },
      headers: { cookie, 'content-type': 'application/geo+json' }
    })
  const take = async (text: string, version: number, more = '') => {
    const answer = await send(`/api/grid/import?datum=wgs84&file=a.geojson&version=${version}${more}`, text)
    return { status: answer.status, report: (await answer.json()) as GridReport }
  }
  const get = async <T>(path: string) => (await (await admin.get(path)).json()) as T
  return { admin, send, take, get, cells: async () => (await get<MapInfo>('/api/map')).gridCells }
}

async function setUp() {
  const dir = tempDir('grid-edit')
  running = await runGateway({ dir, adapters: [] })
  const password = await running.person('10001', 'administrator')
  return { dir, password, ...(await comeIn(running.url, password)) }
}

it('is looked at, then taken in: the map and every place know it at once, and after a restart', {
  timeout: TEST_MS
}, async () => {
  const { dir, password, send, take, get, cells } = await setUp()
  const before = await cells()
  const looked = (await (await send('/api/grid/preview?datum=wgs84', geoJson(SOUND))).json()) as GridReport
  expect(looked).toMatchObject({ levels: [1, 4, 16], added: 21, removed: before.length, wrong: [], doubts: [] })
  expect(await cells()).toEqual(before)

  expect((await take(geoJson(SOUND), 0)).report).toMatchObject({ version: 1, levels: [1, 4, 16] })
  expect(await cells()).toHaveLength(21)
  const inside = { lat: 27.031, lon: 119.601, datum: 'wgs84' } as const
  expect(running?.gateway.registry.cellAt(inside)).toMatchObject({ id: id('g1-1-1'), unitId: 'u1' })
  const page = await get<Found<GridLine>>('/api/grid?text=g1-1-1')
  expect(page.rows).toMatchObject([
    { code: 'g1-1-1', level: 3, parent: { code: 'g1-1' }, unit: { name: '巡防 07 车' }, points: 4, children: 0 }
  ])

  // The one that is true is given out, and read again as the same.
  const given = await get<object>('/api/grid/export')
  const again = (await (await send('/api/grid/preview?datum=wgs84', JSON.stringify(given))).json()) as GridReport
  expect(again).toMatchObject({ added: 0, kept: 21, removed: 0, wrong: [], doubts: [] })

  await running?.stop()
  expect(verifyWork(join(dir, 'data')).violations).toEqual([])
  running = await runGateway({ dir, adapters: [] })
  const next = await comeIn(running.url, password)
  expect(await next.cells()).toHaveLength(21)
  expect(running.gateway.registry.cellAt(inside)?.id).toBe('g1-1-1')
  // An earlier one, too, can be given out and taken in again.
  await next.take(geoJson(SOUND.filter(({ level }) => level < 3)), 1)
  expect(await next.cells()).toHaveLength(5)
  const earlier = await next.get<{ features: unknown[] }>('/api/grid/export?version=1')
  expect(earlier.features).toHaveLength(21)
  const { version, versions } = await next.get<GridState>('/api/grid/state')
  expect([version, versions.map(each => [each.version, each.kept])]).toEqual([
    2,
    [
      [2, true],
      [1, true],
      [0, false]
    ]
  ])
})

it('takes nothing of a file with a fault; overlaps only when they are accepted, on record; and no old look', {
  timeout: TEST_MS
}, async () => {
  const { send, take, get, cells, admin } = await setUp()
  const before = await cells()
  const wrong = geoJson([...SOUND, { code: 'g1', level: 1, ring: box(1, 1, 2, 2), unit: undefined }])
  expect((await take(wrong, 0, '&accept=1')).report).toMatchObject({ wrong: [{ code: 'codeTwice', feature: 22 }] })
  const { report } = await take(geoJson(OVERLAPPING), 0)
  expect(report).toMatchObject({ doubtCount: 1, doubts: [{ code: 'overlap', cells: ['g1-1-1', 'g1-1-2'] }] })
  expect(report.version).toBeUndefined()
  expect(await cells()).toEqual(before)

  expect((await take(geoJson(OVERLAPPING), 0, '&accept=1')).report.version).toBe(1)
  expect((await take(geoJson(SOUND), 0)).status).toBe(409)
  expect(await get<GridState>('/api/grid/state')).toMatchObject({ version: 1 })
  type Entry = { action: string; detail: object }
  const audit = await get<readonly Entry[]>('/api/audit')
  expect(audit.filter(({ action }) => action === 'grid.import')).toMatchObject([
    { detail: { file: 'a.geojson', version: 1, doubts: 1, levels: '1 4 16' } }
  ])
  expect((await send('/api/grid/preview?datum=mars', geoJson(SOUND))).status).toBe(400)
  const leader = await logIn(running?.url ?? '', '10008', (await running?.person('10008', 'leader')) ?? '', 2)
  expect((await send('/api/grid/preview?datum=wgs84', geoJson(SOUND), leader.cookie)).status).toBe(403)
  expect((await leader.get('/api/grid/export')).status).toBe(403)
  expect((await admin.get('/api/grid/export?version=7')).status).toBe(404)
})
