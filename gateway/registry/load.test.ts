/** Registry and grid files as people make them: each fault is one sentence with file and place. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { GatewayError } from '../core/errors.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { loadRegistry } from './load.ts'

const SITE = 'site: {code: linxi, name: 临溪县, centre: 监控中心, timeZone: Asia/Shanghai}\n'
const EMPTY = `${SITE}groups: []\nsubjects: []\nsources: []\ncameras: []\nunits: []\n`
const RING = [
  [119, 27],
  [119.1, 27],
  [119.1, 27.1],
  [119, 27]
]

function cell(properties: object, ring: readonly (readonly number[])[] = RING): object {
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } }
}

async function faultsOf(registry: string | Buffer, grid?: string | Buffer): Promise<string> {
  const dir = tempDir('registry-files')
  const file = join(dir, 'place.yaml')
  writeFileSync(file, registry)
  if (grid !== undefined) writeFileSync(join(dir, 'grid.geojson'), grid)
  return loadRegistry(file).then(
    () => '',
    ({ detail }: GatewayError) => String(detail.faults).replaceAll(`${dir}/`, '')
  )
}
const gridFaults = (...features: readonly object[]) =>
  faultsOf(`${EMPTY}grid: grid.geojson\n`, JSON.stringify({ type: 'FeatureCollection', features }))

it('a file with the mark of UTF-8 is read; one in another encoding is refused, since its names would be wrong', async () => {
  expect(await faultsOf(`\ufeff${EMPTY}`)).toBe('')
  const gbk = Buffer.concat([Buffer.from(EMPTY), Buffer.from('# \xc1\xd9\n', 'latin1')])
  expect(await faultsOf(gbk)).toContain('line 7 is not UTF-8')
  const json = JSON.stringify({ type: 'FeatureCollection', features: [cell({ id: 'c1', level: 1 })] })
  expect(await faultsOf(`${EMPTY}grid: grid.geojson\n`, `\ufeff${json}`)).toBe('')
  expect(await faultsOf(`${EMPTY}grid: grid.geojson\n`, '')).toBe('grid.geojson: is empty')
})

it.each(['', '- a\n', 'text\n'])('what holds no tables says so (%j)', async text => {
  expect(await faultsOf(text)).toContain('holds no registry; it wants the tables')
})

it('cells that would lie elsewhere, on no level or under nobody', async () => {
  expect(await gridFaults(cell({ id: 'c1', level: 1 }), cell({ id: 'c2', level: 2, parent: 'c1' }))).toBe('')
  const turned = RING.map(([lon = 0, lat = 0]) => [lat, lon])
  expect(await gridFaults(cell({ id: 'c1' }, turned))).toBe(
    'grid.geojson: feature 1 (c1) wants positions [longitude, latitude] within ±180 and ±90; they may be the other way round'
  )
  expect(await gridFaults(cell({ id: 'c1', name: '杏花', level: 9 }))).toBe(
    'grid.geojson: feature 1 (杏花) has the level 9; allowed: 1, 2 or 3'
  )
  expect(await gridFaults(cell({ id: 'c1', level: 2, parent: 'c0' }))).toBe(
    'grid.geojson: c1 names the parent c0, which is not in the file'
  )
})

it('cameras inside a vehicle whose terminals cannot be asked for them', async () => {
  const taxi =
    'subjects: [{id: taxi, kind: vehicle, name: 闽J·T0637, address: "", cameras: [{channel: 1, name: 车内}]}]'
  const faults = (...sources: readonly { id: string; kind?: string }[]) => {
    const rows = sources.map(({ id, kind = 'taxi' }) => `{id: "${id}", subjectId: taxi, kind: ${kind}}`)
    return faultsOf(EMPTY.replace('subjects: []', taxi).replace('sources: []', `sources: [${rows.join(', ')}]`))
  }
  expect(await faults({ id: 'jt905:100000000019' })).toBe(
    'line 3: subjects: taxi has cameras inside, and its terminal jt905:100000000019 cannot be asked for them: only one of JT/T 808 can (jt808:…); take cameras away or list that terminal'
  )
  // With one of JT/T 808 beside it, with a driver's telephone only, and with none yet: it may be approved later.
  expect(await faults({ id: 'jt905:100000000019' }, { id: 'jt808:013900000007' })).toBe('')
  expect(await faults({ id: 'sip:6650147', kind: 'oneKeyCall' })).toBe('')
  expect(await faults()).toBe('')
})
