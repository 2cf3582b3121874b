/** A map layer that a program wrote wrongly is told by the number of its feature, and never ends a start with a bare TypeError. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadRegistry } from '../registry/load.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { layerFaults } from './layer-faults.ts'
import { loadLayers } from './map.ts'

const street = (coordinates: unknown, type = 'LineString', name = '人民路') => ({
  ...{ type: 'Feature', properties: { name }, geometry: { type, coordinates } }
})
const LINE = [
  [119.6, 27],
  [119.61, 27.01]
]

test.each([
  ['no coordinates', street(undefined)],
  ['one position', street([[119.6, 27]])],
  ['a flat list of numbers', street([119.6, 27, 119.61, 27.01])],
  ['a position of words', street([['119.6', '27'], LINE[0]])],
  ['latitude first', street([[27, 119.6], LINE[0]])],
  ['metres of a projection', street([[559_000, 2_987_000], LINE[0]])],
  ['a MultiLineString with the coordinates of a line', street(LINE, 'MultiLineString')],
  ['a nothing in a MultiLineString', street([LINE, null], 'MultiLineString')]
])('%s: its feature, its name and what it wants', (_, wrong) => {
  const [fault, ...more] = layerFaults([street(LINE), wrong])
  expect(fault).toMatch(/^feature 2 \(人民路\) wants .*positions.* as a .*; correct it or take it out$/)
  expect(more).toEqual([])
})

test('what is no feature is told; a feature without a place and types that are not drawn are none of it', () => {
  expect(layerFaults([null, 7])).toEqual([
    ...[1, 2].map(n => `feature ${n} wants to be a GeoJSON Feature; correct it or take it out`)
  ])
  expect(layerFaults([{ geometry: null }, {}, street([], 'GeometryCollection'), street(LINE)])).toEqual([])
  expect(layerFaults(Array.from({ length: 30 }, () => null)).at(-1)).toBe('20 more features are wrong')
})

test('the start is refused with the file and the feature, for streets and for every other layer', async () => {
  const dir = tempDir('layers')
  const file = (name: string, features: readonly unknown[]) => {
    writeFileSync(join(dir, name), JSON.stringify({ type: 'FeatureCollection', features }))
    return join(dir, name)
  }
  const loading = loadLayers({
    ...{ streets: file('streets', [street([[1]])]), buildings: file('buildings', [null]) },
    ...{ water: '', parks: file('parks', [street(LINE, 'Polygon')]) }
  })
  const error = await loading.catch((reason: unknown) => reason)
  const { detail } = error as { readonly detail: { readonly count: number; readonly faults: string } }
  expect(detail.count).toBe(3)
  for (const name of ['streets', 'buildings', 'parks'])
    expect(detail.faults.split('\n').find(each => each.startsWith(join(dir, name)))).toContain('feature 1')
  expect(detail.faults).not.toContain('undefined')
})

test('a grid of the registry that is no collection, or has a nothing in it, is told likewise', async () => {
  const dir = tempDir('grid-file')
  const town = readFileSync(join(import.meta.dirname, '../../config/scenarios/town.registry.yaml'), 'utf8')
  writeFileSync(join(dir, 'registry.yaml'), town.replace(/^grid: .*$/m, 'grid: grid.geojson'))
  for (const [text, said] of [
    ['null', 'wants a GeoJSON FeatureCollection'],
    ['{"features":{}}', 'wants a GeoJSON FeatureCollection'],
    ['{"features":[null]}', 'feature 1 wants a Polygon']
  ] as const) {
    writeFileSync(join(dir, 'grid.geojson'), text)
    await expect(loadRegistry(join(dir, 'registry.yaml'))).rejects.toMatchObject({
      detail: { faults: expect.stringContaining(said) }
    })
  }
})
