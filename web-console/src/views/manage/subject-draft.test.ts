/** What the form of a household sends of its contacts. */
import { expect, it } from 'vitest'
import { changedContact, draftOf, emptyContact, emptyForm } from './subject-draft.ts'

it('consent to messages is of one person under one number: another of either has not agreed', () => {
  const lin = { ...emptyContact(), name: '林晓', phone: '13900000001', messageConsent: '2026-11-01' }
  expect(changedContact(lin, { relation: '长女' }).messageConsent).toBe('2026-11-01')
  expect(changedContact(lin, { name: '林英' }).messageConsent).toBe('')
  expect(changedContact(lin, { phone: '13900000002' }).messageConsent).toBe('')
  const { contacts } = draftOf({ ...emptyForm('household'), contacts: [lin, emptyContact()] }, undefined, false)
  expect(contacts).toEqual([
    { name: '林晓', relation: '', phone: '13900000001', messageConsent: '2026-11-01' },
    { name: '', relation: '', phone: '', messageConsent: '' }
  ])
})
