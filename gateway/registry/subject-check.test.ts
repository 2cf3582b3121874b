/** A contact's consent to be written to is kept over a change in the console, and never passes to another person or number. */
import { describe, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { EMPTY_REGISTRY } from './load.ts'
import { createRegistry } from './registry.ts'
import { checkSubject } from './subject-check.ts'

it('stays with the same name under the same number', () => {
  const h1 = id<SubjectId>('h1')
  const agreed = { name: '林晓', relation: '女儿', phone: '139-0000-0001', messageConsent: '2026-11-01' }
  const household = { id: h1, kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号', contacts: [agreed] }
  const { rows } = createRegistry({ ...EMPTY_REGISTRY, subjects: [household] })
  const contactsAfter = (...contacts: (Omit<typeof agreed, 'messageConsent'> & { messageConsent?: string })[]) => {
    const checked = checkSubject(
      { ...household, contacts, sources: [] },
      { ...rows, hasCell: () => false, calling: () => undefined }
    )
    if (!checked.ok) throw new Error(JSON.stringify(checked.faults))
    return checked.row.contacts
  }
  expect(contactsAfter({ name: '林晓', relation: '长女', phone: '13900000001' })).toEqual([
    { name: '林晓', relation: '长女', phone: '13900000001', messageConsent: '2026-11-01' }
  ])
  for (const other of [
    { name: '林晓', relation: '女儿', phone: '13900000002' },
    { name: '林英', relation: '儿子', phone: '13900000001' }
  ])
    expect(contactsAfter(other)).toEqual([other])
  const { messageConsent: _, ...person } = agreed
  const plain = { ...person, phone: '13900000001' }
  expect(contactsAfter({ ...agreed, messageConsent: '' }), 'taken back').toEqual([plain])
  const given = { ...plain, name: '林英', messageConsent: '2026-11-28' }
  expect(contactsAfter(given), 'given in the form').toEqual([given])
  expect(() => contactsAfter({ ...given, messageConsent: '28.11.' })).toThrow('contacts.0.messageConsent')
})

it('of too many sources or contacts only that is told, however many there are', () => {
  const { rows } = createRegistry(EMPTY_REGISTRY)
  const sources = Array.from({ length: 100_000 }, () => ({ id: 'sip:?', kind: 'panicPhone' as const }))
  const contacts = sources.map(() => ({ name: '', relation: '', phone: '' }))
  const draft = { kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号', contacts, sources }
  const checked = checkSubject(draft, { ...rows, hasCell: () => false, calling: () => undefined })
  expect(checked.ok ? [] : checked.faults.map(each => `${each.field} ${each.code}`)).toEqual([
    'contacts tooMany',
    'sources tooMany'
  ])
})

it('gives a source that nobody has to nobody while it calls for help: it may be under duress (rule 5)', () => {
  const known = { id: id<SourceId>('mqtt:linxi/box-1'), subjectId: id<SubjectId>('h1'), kind: 'alarmBox' as const }
  const household = { id: known.subjectId, kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号' }
  const { rows } = createRegistry({ ...EMPTY_REGISTRY, subjects: [household], sources: [known] })
  const asked: unknown[] = []
  const calls = (calling: string) => (of: string | undefined, sources: readonly string[]) => {
    asked.push(of)
    return sources.includes(calling) ? '1128-0007' : undefined
  }
  const faultsOf = (calling: string) => {
    const sources = ['mqtt:linxi/box-1', 'sip:6650199'].map(each => ({ id: each, kind: 'panicPhone' as const }))
    const checked = checkSubject(
      { ...household, contacts: [], sources },
      { ...rows, hasCell: () => false, calling: calls(calling) }
    )
    return checked.ok ? [] : checked.faults
  }
  expect(faultsOf('sip:6650199')).toEqual([
    { field: 'sources', code: 'calling', value: 'sip:6650199', other: '1128-0007' }
  ])
  // Whoever's incident it is: of an unknown source there is no household to ask for.
  expect(asked).toEqual([undefined])
  // What was there before stays there, and another source's call is no hindrance.
  expect(faultsOf('mqtt:linxi/box-1')).toEqual([])
})

describe('what would harm whoever calls for help', () => {
  const ring = [
    [119.6, 27],
    [119.7, 27],
    [119.7, 27.1],
    [119.6, 27]
  ] as const
  const old = { id: id<SubjectId>('taxi-07'), kind: 'vehicle' as const, name: '闽J·T0637', address: '' }
  const home = { id: id<SubjectId>('h1'), kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号' }
  const { rows } = createRegistry({
    ...EMPTY_REGISTRY,
    subjects: [old, home, { ...home, id: id<SubjectId>('h2') }],
    gridCells: [{ id: id('c1'), name: '城关', level: 1, ring }]
  })
  const faultsOf = (change: object) => {
    const draft = {
      kind: 'household' as const,
      name: '林晓',
      address: '文昌街 1 号',
      contacts: [],
      sources: [],
      ...change
    }
    const checked = checkSubject(draft, { ...rows, hasCell: () => false, calling: () => undefined })
    return checked.ok ? [] : checked.faults.map(({ field, code, other = '' }) => `${field} ${code} ${other}`.trim())
  }

  it('a phrase of who is forced that is heard as that of who is safe, or stands alone', () => {
    expect(faultsOf({ phrases: { safe: '今天的米汤是甜的', duress: '今天的 米汤是甜的。' } })).toEqual([
      'phrases.duress samePhrase'
    ])
    for (const duress of ['一切都好\u200b', '一切都好～', '一切都好+', '一切 都好！'])
      expect(faultsOf({ phrases: { safe: '一切都好', duress } }), JSON.stringify(duress)).toEqual([
        'phrases.duress samePhrase'
      ])
    expect(faultsOf({ phrases: { safe: ' ', duress: '咸的' } })).toEqual(['phrases.safe required'])
    expect(faultsOf({ phrases: { safe: '甜的', duress: '咸的' } })).toEqual([])
    expect(faultsOf({ phrases: { safe: '甜的' } })).toEqual([])
  })

  it('a place outside the town, and which of the two figures cannot be', () => {
    const at = (lat: number, lon: number) => faultsOf({ position: { lat, lon, datum: 'wgs84' } })
    expect(at(27.05, 119.65)).toEqual([])
    expect(at(27.3, 119.65), 'a neighbour of the town').toEqual([])
    expect(at(39.9, 116.4)).toEqual(['position farPlace 1454'])
    expect(at(27.05, 27.05)[0]).toMatch(/^position farPlace \d+$/)
    expect(at(119.65, 27.05)).toEqual(['position coordinate'])
    expect(at(27.05, 999)).toEqual(['position.lon coordinate'])
  })

  it('a plate, and a name at an address, that are on record; two that were alike before may be changed', () => {
    expect(faultsOf({ kind: 'vehicle', name: '闽jT0637', address: '' })).toEqual(['name plateTaken taxi-07'])
    expect(faultsOf({ name: '陈桂芳', address: '杏花巷16号' })).toEqual(['name sameRecord h1'])
    expect(faultsOf({ name: '陈桂芳', address: '杏花巷 17 号' })).toEqual([])
    expect(faultsOf({ ...home, phone: '6650112' })).toEqual([])
  })

  it('a number that no frame of its protocol carries', () => {
    const of = (sourceId: string) => faultsOf({ sources: [{ id: sourceId, kind: 'taxi' }] })
    expect(of('jt808:12')).toEqual(['sources.0.id jt808Id'])
    expect(of('jt808:000139000637')).toEqual([])
    expect(of('jt808:00000000013900000637')).toEqual([])
    expect(of('jt905:13900637')).toEqual(['sources.0.id jt905Id'])
    expect(of('mqtt:box-3')).toEqual(['sources.0.id siteSource'])
    expect(of('mqtt:linxi/box-3')).toEqual([])
    expect(of('sip:66x')).toEqual(['sources.0.id number'])
    expect(of('new:1234')).toEqual([])
  })
})
