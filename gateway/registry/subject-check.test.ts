/** A contact's consent to be written to is kept over a change in the console, and never passes to another person or number. */
import { expect, it } from 'vitest'
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
