/** The steps of a 处置预案 on an incident: ticked once, skipped with a reason, by its owner or a leader. */
import { expect, test } from 'vitest'
import { han, incidentIn, lin, moved, NOW, told } from '../testing/lifecycle-samples.ts'
import type { Incident } from './incident.ts'
import { type SopBook, type SopTickStep, sheetOf } from './sop.ts'

const DOOR = { id: 'door', zh: '开门', en: 'Open the door' }
const tick = (over: Partial<SopTickStep> = {}): SopTickStep => ({
  ...{ kind: 'sop', owner: lin, asLeader: false, step: DOOR, state: 'done' },
  ...over
})

test('a tick stands with who and when, once; the incident keeps its version', () => {
  const incident = incidentIn('verifying', { sop: { version: 7, ticks: [] } })
  const ticked = moved(incident, tick(), NOW + 5)
  expect(ticked.sop).toEqual({ version: 7, ticks: [{ step: 'door', state: 'done', by: '林晓', atMs: NOW + 5 }] })
  expect(told(ticked, tick())).toBe('ILLEGAL_TRANSITION')
})

test('a step is skipped with words only, and a tick that was wrong is corrected', () => {
  const incident: Incident = incidentIn('onScene')
  expect(told(incident, tick({ state: 'skipped', reason: '  ' }))).toBe('ILLEGAL_TRANSITION')
  const skipped = moved(moved(incident, tick()), tick({ state: 'skipped', reason: ' 家中有人 ' }))
  expect(skipped.sop?.ticks).toMatchObject([{ step: 'door', state: 'skipped', reason: '家中有人' }])
})

test('another seat is refused, a leader is not', () => {
  expect(told(incidentIn('onScene'), tick({ owner: han }))).toBe('NOT_OWNER')
  expect(moved(incidentIn('onScene'), tick({ owner: han, asLeader: true })).sop?.ticks[0]?.by).toBe('韩梅')
})

test('the sheet is that of the nature, else of the class, else of all others', () => {
  const sheets = ['default', 'fire', 'panic'].map(kind => ({ kind, steps: [] }))
  const book: SopBook = { version: 1, atMs: 0, by: '', sheets }
  const kind = (over: Partial<Incident>) => sheetOf(book, incidentIn('new', over)).kind
  expect([kind({ nature: 'fire' }), kind({ nature: 'traffic' }), kind({ alarmClass: 'gas' })]).toEqual([
    'fire',
    'panic',
    'default'
  ])
  const withDuress = { ...book, sheets: [...sheets, { kind: 'duress', steps: [] }] }
  expect(sheetOf(withDuress, incidentIn('new', { nature: 'fire', duress: true })).kind, 'before its nature').toBe(
    'duress'
  )
  expect(kind({ nature: 'fire', duress: true }), 'a book without that sheet').toBe('duress')
  expect(sheetOf({ ...book, sheets: [] }, incidentIn('new'))).toEqual({ kind: 'default', steps: [] })
})
