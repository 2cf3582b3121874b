/** Grid files looked at: every fault with its place, overlaps and gaps with their area, and nothing said of a sound one. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { lookAt } from './look.ts'
import { lookApart } from './run.ts'
import { box, geoJson, type MadeCell, madeGrid } from './testing.ts'

const OPTIONS = { datum: 'wgs84', units: [{ id: 'u1', name: '巡防 07 车' }] } as const
const look = (cells: readonly (MadeCell & { unit?: string })[], datum: 'wgs84' | 'gcj02' = 'wgs84') =>
  lookAt(geoJson(cells), { ...OPTIONS, datum })
const SOUND = madeGrid(1, 2)
const codes = ({ report }: ReturnType<typeof lookAt>) =>
  [...report.wrong, ...report.doubts].map(({ code, cells }) => `${code} ${cells.join(' ')}`.trim())
/** A degree of latitude, m, and of longitude here. */
const LAT = 111_320
const LON = LAT * Math.cos((27.03 * Math.PI) / 180)

it('a sound grid has no fault and no doubt; a cell knows its parent, named or not, and its unit', () => {
  const unnamed = SOUND.map(({ parent: _, ...cell }) => ({ ...cell, unit: '巡防 07 车' }))
  for (const grid of [SOUND, unnamed]) {
    const { report, cells } = look(grid)
    expect([report.wrong, report.doubts, report.levels]).toEqual([[], [], [1, 4, 16]])
    expect(cells.find(each => each.id === 'g1-3-2')?.parentId).toBe('g1-3')
  }
  expect(look(unnamed).cells[0]?.unitId).toBe('u1')
})

it('an overlap, a gap, a cell outside and one without a parent are measured and placed', () => {
  const moved = SOUND.map(cell => {
    // A third of g1-1-1 eastward: over its neighbour, and open where it lay. g1-4-4 beyond its parent's north edge.
    if (cell.code === 'g1-1-1') return { ...cell, ring: box(0.001, 0, 0.0035, 0.0025) }
    if (cell.code === 'g1-4-4') return { ...cell, ring: box(0.0075, 0.0075, 0.01, 0.011) }
    return cell
  })
  const alone = { code: 'far', level: 3, ring: box(0.5, 0.5, 0.501, 0.501) }
  const looked = look([...moved, alone])
  expect(codes(looked).sort()).toEqual(['alone far', 'gap g1-1', 'outside g1-4-4 g1-4', 'overlap g1-1-1 g1-1-2'].sort())
  const byCode = new Map(looked.report.doubts.map(each => [each.code, each]))
  const overlap = byCode.get('overlap')
  expect(overlap?.areaM2).toBeCloseTo(0.001 * LON * 0.0025 * LAT, -2)
  expect(overlap?.at?.[0]).toBeCloseTo(119.603, 5)
  expect(overlap?.around?.map(each => each.code)).toEqual(['g1-1-1', 'g1-1-2'])
  expect(byCode.get('gap')?.areaM2).toBeCloseTo(0.001 * LON * 0.0025 * LAT, -2)
  expect(byCode.get('gap')?.at?.[0]).toBeCloseTo(119.6005, 5)
  expect(byCode.get('outside')?.areaM2).toBeCloseTo(0.0025 * LON * 0.001 * LAT, -2)
})

it('boundaries that were drawn a hand apart are no faults', () => {
  // 0.2 m over 250 m: more than a square metre, narrower than anybody could stand on.
  const drawn = SOUND.map(cell =>
    cell.code === 'g1-1-1' ? { ...cell, ring: box(0, 0, 0.0025 + 0.2 / LON, 0.0025) } : cell
  )
  expect(codes(look(drawn))).toEqual([])
})

it('a hole that a parent keeps in its middle is a gap with that hole', () => {
  const [parent] = SOUND
  const ring = (west: number, south: number, east: number, north: number, code: string): MadeCell => {
    return { code, level: 2, parent: 'g1', ring: box(west, south, east, north) }
  }
  const frame = [
    ring(0, 0, 0.01, 0.004, 's'),
    ring(0, 0.006, 0.01, 0.01, 'n'),
    ring(0, 0.004, 0.004, 0.006, 'w'),
    ring(0.006, 0.004, 0.01, 0.006, 'e')
  ]
  const { report } = look([...(parent ? [parent] : []), ...frame])
  expect(report.doubts).toMatchObject([{ code: 'gap', cells: ['g1'] }])
  expect(report.doubts[0]?.at).toEqual([expect.closeTo(119.605, 5), expect.closeTo(27.035, 5)])
})

it('every wrong cell is named with its place in the file', () => {
  const bow = [
    [119.6, 27.03],
    [119.61, 27.04],
    [119.61, 27.03],
    [119.6, 27.04],
    [119.6, 27.03]
  ] as const
  const open = box(0, 0, 0.01, 0.01).slice(0, -1)
  const cell = (code: string, more: Partial<MadeCell> & { unit?: string } = {}) => {
    return { code, level: 1, ring: box(0, 0, 0.01, 0.01), ...more }
  }
  const wrong = look([
    cell('bow', { ring: bow }),
    cell('open', { ring: open }),
    cell('two words'),
    cell('high', { level: 4 }),
    cell('twice'),
    cell('twice'),
    cell('orphan', { level: 2, parent: 'nobody' }),
    cell('uncle', { level: 3, parent: 'twice' }),
    cell('unit', { unit: '没有这支' }),
    cell('poles', {
      ring: [
        [0, 0],
        [0, 89],
        [1, 89],
        [0, 0]
      ]
    }),
    cell('thin', {
      ring: [
        [0, 0],
        [1, 1],
        [0, 0]
      ]
    })
  ])
  expect(codes(wrong)).toEqual([
    'crosses bow',
    'unclosed open',
    'code two words',
    'level high',
    'codeTwice twice',
    'noUnit unit',
    'coordinate poles',
    'fewPoints thin',
    'noParent orphan',
    'parentLevel uncle'
  ])
  expect(wrong.report.wrong[0]?.at).toEqual([expect.closeTo(119.605, 6), expect.closeTo(27.035, 6)])
  expect(wrong.report.wrong.find(each => each.code === 'codeTwice')).toMatchObject({ feature: 6, value: '5' })
  expect(wrong.cells).toEqual([])
  for (const text of ['', '{', '[]', '{"type":"FeatureCollection","features":{}}'])
    expect(lookAt(text, OPTIONS).report.wrong).toEqual([{ code: 'notGeoJson', cells: [] }])
  const holes = geoJson([cell('ring')]).replace('"coordinates":[', '"coordinates":[[[0,0],[0,1],[1,1],[0,0]],')
  expect(codes(lookAt(holes, OPTIONS))).toEqual(['holes ring'])
})

it('coordinates of the other datum are moved to WGS-84', () => {
  const [before, after] = [look(SOUND).cells[0]?.ring[0], look(SOUND, 'gcj02').cells[0]?.ring[0]]
  expect(before?.[0]).toBeCloseTo(119.6, 6)
  const movedM = Math.hypot(((after?.[0] ?? 0) - 119.6) * LON, ((after?.[1] ?? 0) - 27.03) * LAT)
  expect(movedM).toBeGreaterThan(200)
  expect(movedM).toBeLessThan(1_000)
})

it('whatever is in a file is answered, never thrown', () => {
  const value = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.array(fc.anything(), { maxLength: 3 }))
  const feature = fc.record(
    {
      properties: fc.record({ code: value, level: value, parent: value, unit: value }, { requiredKeys: [] }),
      geometry: fc.record({ type: fc.constant('Polygon'), coordinates: fc.array(fc.array(fc.array(value))) })
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(feature, value), { maxLength: 4 }), features => {
      const text = JSON.stringify({ type: 'FeatureCollection', features })
      expect(lookAt(text, OPTIONS).report.wrongCount).toBeGreaterThan(0)
    }),
    { numRuns: 200 }
  )
})

it('a process of its own says the same; one that takes too long is ended', { timeout: 120_000 }, async () => {
  const text = geoJson(madeGrid(3, 3, 2))
  expect(await lookApart(Buffer.from(text), OPTIONS)).toEqual(lookAt(text, OPTIONS))
  const { report, cells } = await lookApart(Buffer.from(text), OPTIONS, { mostMs: 1 })
  expect([report.wrong, cells]).toEqual([[{ code: 'tooComplex', cells: [] }], []])
})

it('a process that cannot be started, or is killed in the middle of a line, is an answer and ends nothing', {
  timeout: 120_000
}, async () => {
  const dir = tempDir('grid-look')
  const nowhere = lookApart(Buffer.from('{}'), OPTIONS, { program: join(dir, 'nowhere') })
  await expect(nowhere).rejects.toMatchObject({ code: 'GRID_LOOK_FAILED' })
  const program = join(dir, 'killed')
  writeFileSync(program, '#!/bin/sh\nprintf \'{"levels":[1\'\nkill -9 $$\n', { mode: 0o755 })
  const { report, cells } = await lookApart(Buffer.from('{}'), OPTIONS, { program })
  expect([report.wrong, cells]).toEqual([[{ code: 'tooComplex', cells: [] }], []])
})
