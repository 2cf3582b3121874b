/** One telephone of several households, several telephones of one, and a driver's telephone: who and where, never guessed. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createLatest } from './latest.ts'
import { loadRegistry } from './load.ts'
import { createRegistry } from './registry.ts'
import { checkSubject } from './subject-check.ts'
import { createSubjects, draftFrom } from './subjects.ts'

const SHARED = 'sip:6650199'
const sourceId = (text: string) => id<SourceId>(text)

async function registryWith(sources: readonly object[], subjects: readonly object[] = []) {
  const file = join(tempDir('shared'), 'registry.yaml')
  const town = {
    ...SMALL_TOWN,
    subjects: [...SMALL_TOWN.subjects, ...subjects],
    sources: [...SMALL_TOWN.sources, ...sources]
  }
  writeFileSync(file, stringify(town))
  return createRegistry(await loadRegistry(file))
}

describe('a telephone that households share', () => {
  const row = { id: SHARED, subjectId: 'h1', alsoSubjectIds: ['h2'], kind: 'panicPhone' }

  test('shows all of them, in the middle of their one yard, to be called back at the number itself', async () => {
    const { subject, position, source } = (await registryWith([row])).resolve(sourceId(SHARED))
    expect(source?.id).toBe(SHARED)
    expect(subject).toMatchObject({
      id: 'shared:sip:6650199',
      kind: 'household',
      name: '陈桂芳 / 赵国强',
      address: '杏花巷 16 号 / 杏花巷 18 号',
      phone: '6650199',
      group: { id: 'g1' },
      shared: [
        { id: 'h1', name: '陈桂芳', phone: '6650147' },
        { id: 'h2', name: '赵国强', phone: '6650148' }
      ]
    })
    expect(position?.lat).toBeCloseTo(27.03205, 5)
  })

  test('far apart: at no place, of no group that is not both’s, and each note with its name', async () => {
    const far = {
      ...{ id: 'h9', kind: 'household', name: '孙立', address: '北门外 2 号', medicalNote: '糖尿病' },
      position: { lat: 27.2, lon: 119.7, datum: 'wgs84' }
    }
    const registry = await registryWith([{ ...row, alsoSubjectIds: ['h9'] }], [far])
    const { subject, position } = registry.resolve(sourceId(SHARED))
    expect(position).toBeUndefined()
    expect([subject.group, subject.gridCell]).toEqual([undefined, undefined])
    expect(subject.medicalNote).toBe('孙立：糖尿病')
  })

  test('whoever is named must be listed, and once', async () => {
    const fault = (text: string) => ({ code: 'CONFIG_INVALID', detail: { faults: expect.stringContaining(text) } })
    await expect(registryWith([{ ...row, alsoSubjectIds: ['nobody'] }])).rejects.toMatchObject(
      fault('names the subject nobody, which is not listed')
    )
    await expect(registryWith([{ ...row, alsoSubjectIds: ['h1'] }])).rejects.toMatchObject(
      fault('names the subject h1 twice')
    )
  })
})

describe('who shares it, as the form changes it', () => {
  const subject = (text: string) => id<SubjectId>(text)
  const row = { id: SHARED, subjectId: 'h1', alsoSubjectIds: ['h2'], kind: 'panicPhone' }

  async function formOf(rows: readonly object[] = [row]) {
    const registry = await registryWith(rows, [
      { id: 'h3', kind: 'premises', name: '好又来超市', address: '杏花巷 20 号' }
    ])
    const checkRows = (calling: string | undefined) => ({
      ...registry.rows,
      hasCell: () => true,
      calling: (_: SubjectId | undefined, sources: readonly SourceId[]) =>
        calling !== undefined && sources.includes(sourceId(calling)) ? '1128-0007' : undefined
    })
    const save = (of: string, also: readonly string[] | undefined, shared = SHARED, calling?: string) => {
      const known = registry.rows.subject(subject(of))
      if (!known) throw new Error(of)
      const own = registry.rows.sourcesOf(known.id)
      const draft = draftFrom(known, own, each => registry.rows.subject(each) !== undefined)
      const sources = draft.sources.map(each => (each.id === shared ? { ...each, alsoSubjectIds: also } : each))
      const checked = checkSubject({ ...draft, sources }, checkRows(calling))
      if (checked.ok) registry.rows.put(checked.row, checked.sources)
      return checked.ok
        ? checked.fields
        : checked.faults.map(({ field, code, value }) => [field, code, value].join(' '))
    }
    const named = () => registry.resolve(sourceId(SHARED)).subject.name
    return { registry, save, named }
  }

  test('others come and go, and an alarm names all of them from then on', async () => {
    const { save, named } = await formOf()
    expect(save('h1', ['h2', 'h3'])).toEqual(['sources'])
    expect(named()).toBe('陈桂芳 / 赵国强 / 好又来超市')
    expect(save('h1', undefined), 'a list that says nothing of it leaves it').toEqual([])
    expect(save('h1', [])).toEqual(['sources'])
    expect(named()).toBe('陈桂芳')
    expect(save('h1', [])).toEqual([])
  })

  test('whoever is not on record, is named twice, is itself or a vehicle is refused, with his name', async () => {
    const { save, named } = await formOf()
    const at = 'sources.2.also'
    expect(save('h1', ['h2', 'nobody', 'h2', 'h1', 'taxi'])).toEqual([
      `${at} noSubject nobody`,
      `${at} twice 赵国强`,
      `${at} twice 陈桂芳`,
      `${at} choice 闽J·T0637`
    ])
    expect(save('h1', Array(21).fill('h2'))).toEqual([`${at} tooMany `])
    expect(save('taxi', ['h1'], 'jt808:013900000007')).toEqual(['sources.0.also choice '])
    expect(named()).toBe('陈桂芳 / 赵国强')
  })

  test('not while it calls for help: its next press would be another incident', async () => {
    const { save, named } = await formOf()
    expect(save('h1', [], SHARED, SHARED)).toEqual([`sources calling ${SHARED}`])
    expect(save('h1', undefined, SHARED, SHARED)).toEqual([])
    expect(save('h1', [], SHARED, 'sip:6650147')).toEqual(['sources'])
    expect(named()).toBe('陈桂芳')
  })

  test('one that is removed from the registry is not carried on by the form', async () => {
    const { registry, save, named } = await formOf()
    registry.rows.remove(subject('h2'))
    const h1 = registry.rows.subject(subject('h1'))
    const draft = h1 && draftFrom(h1, registry.rows.sourcesOf(h1.id), each => registry.rows.subject(each) !== undefined)
    expect(draft?.sources.find(each => each.id === SHARED)?.alsoSubjectIds).toEqual([])
    expect(save('h1', [])).toEqual(['sources'])
    expect(named()).toBe('陈桂芳')
  })
})

test('several telephones of one household are all that household', async () => {
  const registry = await registryWith([{ id: 'sip:6650177', subjectId: 'h1', kind: 'oneKeyCall' }])
  const of = (text: string) => registry.resolve(sourceId(text)).subject.id
  expect([of('sip:6650147'), of('sip:6650177'), of('mqtt:linxi/button-01')]).toEqual(['h1', 'h1', 'h1'])
})

describe('a driver’s telephone', () => {
  const DRIVER = sourceId('sip:13900000007')
  const TERMINAL = sourceId('jt808:013900000007')
  const at = (lat: number, atMs: number) => ({ point: { lat, lon: 119.6, datum: 'wgs84' as const }, atMs })

  async function setUp() {
    const registry = await registryWith([{ id: DRIVER, subjectId: 'taxi', kind: 'taxi' }])
    const clock = createFakeClock()
    const latest = createLatest({
      clock,
      camera: () => undefined,
      positionKeptMs: 60_000,
      alongWith: registry.alongWith
    })
    return { registry, clock, latest }
  }

  test('is his vehicle, where its terminal was last heard, for as long as positions are kept', async () => {
    const { registry, clock, latest } = await setUp()
    expect(registry.resolve(DRIVER).subject).toMatchObject({ kind: 'vehicle', name: '闽J·T0637' })
    expect(latest.positionOf(DRIVER)).toBeUndefined()
    latest.position(TERMINAL, at(27.1, clock.now()))
    expect(latest.positionOf(DRIVER)?.point.lat).toBe(27.1)
    await clock.advance(61_000)
    expect(latest.positionOf(DRIVER)).toBeUndefined()
  })

  test('a terminal that is approved later counts, one that is dismissed does not; a household is nobody’s vehicle', async () => {
    const { registry, clock, latest } = await setUp()
    const second = sourceId('jt808:013900000099')
    registry.adopt({ id: second, subjectId: registry.resolve(DRIVER).subject.id, kind: 'taxi' })
    latest.position(TERMINAL, at(27.1, clock.now() - 1_000))
    latest.position(second, at(27.2, clock.now()))
    expect(latest.positionOf(DRIVER)?.point.lat).toBe(27.2)
    registry.dismiss(second)
    expect(latest.positionOf(DRIVER)?.point.lat).toBe(27.1)
    expect(registry.alongWith(sourceId('sip:6650147'))).toEqual([])
  })
})

test('its number finds every household that shares it, also one that comes later, and none that has left', async () => {
  const row = { id: SHARED, subjectId: 'h1', alsoSubjectIds: ['h2'], kind: 'panicPhone' }
  const { rows } = await registryWith([row])
  const edits = { versionOf: () => 0, history: async () => [], save: async () => undefined }
  const { page } = createSubjects({
    ...{ rows, edits: edits as never, calling: () => undefined, inTurn: work => work() }
  })
  const found = (text: string) =>
    page({ kinds: ['household'], text, offset: 0, limit: 9 }).rows.map(({ id: of, shared }) =>
      [of, ...shared].join(' ')
    )
  expect(found('6650199')).toEqual(['h1', `h2 ${SHARED}`])
  const [h1] = [rows.subject(id('h1'))]
  if (!h1) throw new Error('h1')
  const own = rows.sourcesOf(h1.id).filter(each => each.id !== SHARED)
  rows.put({ ...h1 }, own)
  expect(found('6650199')).toEqual([])
  const gate = {
    id: sourceId(SHARED),
    subjectId: h1.id,
    alsoSubjectIds: [id<SubjectId>('h2')],
    kind: 'panicPhone'
  } as const
  rows.put({ ...h1 }, [...own, gate])
  expect(found('6650199')).toEqual(['h1', `h2 ${SHARED}`])
})
