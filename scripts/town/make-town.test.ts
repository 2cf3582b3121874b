/** The simulated town on disk: what the plan gives, and a registry that agrees with its own map. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import booleanPointInPolygon from '@turf/boolean-point-in-polygon'
import { describe, expect, it } from 'vitest'
import { loadRegistry } from '../../gateway/registry/load.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { townFiles } from './make-town.ts'
import { ROOT, readPlan } from './plan.ts'
import { readTown } from './scenario.ts'

const registry = await loadRegistry(join(ROOT, 'config/scenarios/town.registry.yaml'))

describe('the simulated town', () => {
  it('lies on disk exactly as the plan gives it', () => {
    for (const [path, content] of townFiles(readPlan())) {
      expect(readFileSync(join(ROOT, path), 'utf8') === content, `${path}: run node scripts/town/make-town.ts`).toBe(
        true
      )
    }
  })

  it('has what the mission counts', () => {
    const kinds = (prefix: string) => registry.sources.filter(row => row.id.startsWith(prefix)).length
    expect([
      kinds('sip:66501'),
      kinds('mqtt:linxi/box-'),
      kinds('mqtt:linxi/button-'),
      kinds('jt808:'),
      kinds('mqtt:linxi/taxi-'),
      kinds('jt905:'),
      kinds('dc09:'),
      ...['sip:66504', 'sip:66505', 'sip:66506', 'sip:000138'].map(kinds)
    ]).toEqual([40, 20, 10, 30, 1, 1, 2, 3, 1, 1, 2])
    expect(registry.cameras).toHaveLength(18)
    expect(registry.units).toHaveLength(6)
    for (const group of registry.groups)
      expect(registry.subjects.filter(row => row.groupId === group.id)).toHaveLength(10)
  })

  it.each(['README.md', 'README.zh-CN.md'])('%s shows rows of it, and what it shows can be read', async name => {
    const blocks = readFileSync(join(ROOT, name), 'utf8').matchAll(/```yaml\n(.*?)```/gs)
    const sample = [...blocks].map(([, text = '']) => text).find(text => text.startsWith('site:')) ?? ''
    const file = join(tempDir('readme'), 'registry.yaml')
    writeFileSync(file, sample.replace(/^grid: .*$/m, ''))
    const shown = await loadRegistry(file)
    for (const { id, name: called, address, phone } of shown.subjects)
      expect(registry.subjects.find(row => row.id === id)).toMatchObject({
        name: called,
        address,
        ...(phone ? { phone } : {})
      })
    // A box, an account and a button that come new are not the town's.
    const known = shown.sources.filter(row => /^(sip|jt808):/.test(row.id))
    expect(known.length).toBeGreaterThan(3)
    for (const { id, subjectId, alsoSubjectIds } of known)
      expect(registry.sources.find(row => row.id === id)).toMatchObject({
        subjectId,
        ...(alsoSubjectIds ? { alsoSubjectIds } : {})
      })
  })

  it('is not all of one kind: H.265 with an H.264 sub stream, TLS, UDP and sound', () => {
    const town = readTown(join(ROOT, 'config/scenarios/town.yaml'))
    expect(town.cameras.filter(camera => camera.codec).map(({ number, codec }) => [number, codec])).toEqual([
      [7, { main: 'h265', sub: 'h264' }]
    ])
    expect(town.cameras.filter(camera => camera.secure).map(camera => camera.number)).toEqual([5])
    const ids = (rows: typeof registry.cameras) => rows.map(row => row.id)
    expect(ids(registry.cameras.filter(row => row.transport === 'udp'))).toEqual(['camera-11'])
    expect(ids(registry.cameras.filter(row => row.audio))).toEqual(['camera-17'])
  })

  it('the woman of the mock-ups lives where they show her', () => {
    const chen = registry.subjects.find(row => row.name === '陈桂芳')
    expect(chen).toMatchObject({
      id: 'household-12',
      address: '杏花巷 16 号 3 栋 2 单元 201',
      gridCellId: 'cell-03-07'
    })
  })

  it('every address is one household’s own, and every place lies in its cell', () => {
    const places = registry.subjects.filter(row => row.kind !== 'vehicle')
    expect(new Set(places.map(row => row.address)).size).toBe(places.length)
    for (const row of [...places, ...registry.cameras]) {
      const cell = registry.gridCells.find(one => one.id === row.gridCellId)
      const at = [row.position?.lon ?? 0, row.position?.lat ?? 0]
      const ring = (cell?.ring ?? []) as [number, number][]
      expect(
        booleanPointInPolygon(at, { type: 'Polygon', coordinates: [ring] }),
        `${row.id} in ${row.gridCellId}`
      ).toBe(true)
    }
  })

  it('nobody can be telephoned by accident: mobile numbers begin with 000', () => {
    const phones = registry.subjects.flatMap(row => [row.phone, ...(row.contacts ?? []).map(contact => contact.phone)])
    for (const phone of phones) if (phone) expect(phone).toMatch(/^(665\d{4}|000\d{8})$/)
    for (const row of registry.sources)
      if (/^jt(808|905):/.test(row.id)) expect(row.id).toMatch(/^jt(808|905):000139\d{6}$/)
  })
})
