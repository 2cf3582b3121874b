/** Grid cells: rings that are none are told at load; a place lies in the smallest cell around it. Cameras: which the registry knows. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type CameraId, id, type SourceId } from '../core/brand.ts'
import type { CameraRow } from '../core/unit.ts'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { loadRegistry } from './load.ts'
import { createRegistry } from './registry.ts'

const ring = (west: number, south: number, size: number) => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south]
]
const cell = (id: string, level: number, coordinates: unknown) => ({
  properties: { id, level },
  geometry: { type: 'Polygon', coordinates }
})

function load(features: readonly object[]) {
  const dir = tempDir('registry')
  const file = join(dir, 'registry.yaml')
  writeFileSync(file, stringify({ ...SMALL_TOWN, grid: 'grid.geojson' }))
  writeFileSync(join(dir, 'grid.geojson'), JSON.stringify({ features }))
  return loadRegistry(file)
}

describe('grid', () => {
  test.each([
    ['no ring', []],
    ['an empty ring', [[]]],
    ['three points', [ring(119, 27, 1).slice(0, 3)]],
    ['an unclosed ring', [ring(119, 27, 1).slice(0, 4)]],
    ['a point that is none', [[[119, null], ...ring(119, 27, 1)]]],
    ['words', ['ring']]
  ])('%s stops the start with its place', async (_what, coordinates) => {
    await expect(load([cell('a', 3, [ring(119, 27, 1)]), cell('b', 3, coordinates)])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: { faults: expect.stringContaining('feature 2 wants a closed ring') }
    })
  })

  test('the smallest cell around a point; none outside', async () => {
    const registry = createRegistry(
      await load([cell('town', 1, [ring(119, 27, 1)]), cell('lane', 3, [ring(119.6, 27, 0.1)])])
    )
    const at = (lon: number, lat: number) => registry.cellAt({ lon, lat, datum: 'wgs84' })?.id
    expect([at(119.65, 27.05), at(119.2, 27.5), at(119.65, 27.5), at(118, 27.5)]).toEqual([
      'lane',
      'town',
      'town',
      undefined
    ])
  })
})

test('a camera is known by its endpoint, at its address where one is listed, or by its address alone', async () => {
  const data = await load([])
  const position = { lat: 27, lon: 119, datum: 'wgs84' } as const
  const row = (number: number, onvif?: CameraRow['onvif']): CameraRow => ({
    id: id<CameraId>(`c${number}`),
    name: `c${number}`,
    position,
    ownership: 'public',
    onvif
  })
  const cameras = [
    row(1, { endpoint: 'urn:1' }),
    row(2, { endpoint: 'urn:2', address: '10.0.0.2' }),
    row(3, { address: '10.0.0.3' }),
    row(4, {}),
    row(5)
  ]
  const { knowsCamera } = createRegistry({ ...data, cameras })
  const known = [knowsCamera('urn:1', '10.0.0.9'), knowsCamera('urn:2', '10.0.0.2'), knowsCamera('urn:x', '10.0.0.3')]
  const strangers = [
    knowsCamera('urn:x', '10.0.0.9'),
    knowsCamera('urn:2', '10.0.0.9'),
    knowsCamera('urn:x', '10.0.0.2')
  ]
  expect([...known, ...strangers]).toEqual([true, true, true, false, false, false])
})

test('a camera inside a vehicle is known by its source and channel, is private, and is nowhere near', async () => {
  const dir = tempDir('registry')
  const file = join(dir, 'registry.yaml')
  const subjects = SMALL_TOWN.subjects.map(each =>
    each.id === 'taxi' ? { ...each, cameras: [{ channel: 2, name: '车内' }] } : each
  )
  writeFileSync(file, stringify({ ...SMALL_TOWN, subjects }))
  const registry = createRegistry(await loadRegistry(file))
  const cameraId = id<CameraId>('jt808:013900000007/2')
  const inside = registry.resolve(id<SourceId>('jt808:013900000007')).cameras
  expect(inside).toMatchObject([{ cameraId, name: '闽J·T0637 车内', distanceM: 0 }])
  expect(registry.camera(cameraId)).toMatchObject({ ownership: 'private', vehicle: { channel: 2 } })
  expect(registry.camera(id<CameraId>('jt808:013900000007/1'))).toBeUndefined()
  expect(registry.resolve(id<SourceId>('sip:6650147')).cameras).toBeUndefined()
  const near = registry.nearestCameras({ lat: 0, lon: 0, datum: 'wgs84' }, 9)
  expect(near.map(each => each.camera.id)).not.toContain(cameraId)
})

test('whose telephone it is, however the number is written; of a shared one all of them', async () => {
  const [first, second] = SMALL_TOWN.subjects
  const source = { id: 'sip:013900000101', subjectId: first?.id, alsoSubjectIds: [second?.id], kind: 'panicPhone' }
  const registry = createRegistry({ ...(await load([])), sources: [source as never] })
  for (const number of ['13900000101', '+86 139 0000 0101', '013900000101'])
    expect(registry.livesAt(number)).toEqual([first?.id, second?.id])
  expect(registry.livesAt('13900000102')).toEqual([])
})

test('a trouble of a camera has its name and its cell; its code is no address', async () => {
  const features = [cell('03-07', 3, [ring(119, 27, 1)])]
  const registry = createRegistry(await load(features))
  expect(registry.resolve(id<SourceId>('camera:c1')).subject).toMatchObject({ name: '杏花巷东口', address: '03-07' })
  const nowhere = createRegistry(await load([]))
  expect(nowhere.resolve(id<SourceId>('camera:c1')).subject).toMatchObject({ name: '杏花巷东口', address: '' })
})
