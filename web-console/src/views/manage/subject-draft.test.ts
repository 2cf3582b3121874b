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

it('half of what was agreed is sent too: what is missing beside it is said, and nothing that was typed is dropped', () => {
  const form = emptyForm('household')
  const sent = (texts: Partial<typeof form.texts>) =>
    draftOf({ ...form, texts: { ...form.texts, ...texts } }, undefined, false)
  expect(sent({ duress: '咸的' }).phrases).toEqual({ safe: '', duress: '咸的' })
  expect(sent({ consentRelation: '女儿' }).consent).toEqual({ by: '', on: '', relation: '女儿' })
  expect(sent({})).not.toHaveProperty('phrases')
})
