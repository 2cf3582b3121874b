/** A report that was begun is there after a reload, for a day, and is sent of the place where it was begun. */
import { expect, it } from 'vitest'
import { readSituation, type SituationDraft, situationOf } from './situation-draft.ts'

const NOW = 1_700_000_000_000
const DAY = 24 * 3_600_000
const THERE = { lat: 27.03, lon: 119.61 }
const HERE = { lat: 27.04, lon: 119.62 }
const draft = (more: Partial<SituationDraft> = {}): SituationDraft => ({
  ...{ id: 'r1', what: 'fallen', text: ' 老人，桥头西侧 ', photo: true, atMs: NOW, place: THERE },
  ...more
})
const read = (raw: unknown, nowMs = NOW) => readSituation(JSON.stringify(raw), nowMs)

it('what was begun is read again for a day; an empty one and anything else is nothing', () => {
  expect(read(draft())).toEqual(draft())
  expect(read(draft(), NOW + DAY)).toEqual(draft())
  expect(read(draft(), NOW + DAY + 1)).toBeUndefined()
  const { what: _, place: __, ...words } = draft({ photo: false })
  expect(read(words)).toEqual(words)
  expect(read({ ...words, photo: true, text: '' })).toEqual({ ...words, photo: true, text: '' })
  expect(read({ ...words, text: ' ' })).toBeUndefined()
  for (const raw of [{ ...draft(), what: 'x' }, { ...draft(), place: {} }, { ...draft(), place: null }, null, 7, []])
    expect(read(raw)).toBeUndefined()
  for (const text of [null, '', '{']) expect(readSituation(text, NOW)).toBeUndefined()
})

it('is sent once it is said what it is; of where the phone is, and after a minute of where it was begun', () => {
  const { what: _, ...unsaid } = draft()
  expect(situationOf(unsaid, HERE, NOW)).toBeUndefined()
  const command = { kind: 'situation', id: 'r1', what: 'fallen', text: '老人，桥头西侧', photo: true }
  expect(situationOf(draft(), HERE, NOW + 60_000)).toEqual({ ...command, place: HERE })
  expect(situationOf(draft(), undefined, NOW)).toEqual({ ...command, place: THERE })
  expect(situationOf(draft(), HERE, NOW + 60_001)).toEqual({ ...command, place: THERE })
  const { place: __, ...nowhere } = draft({ photo: false })
  expect(situationOf(nowhere, HERE, NOW + DAY)).toMatchObject({ place: HERE })
  expect(situationOf(nowhere, undefined, NOW)).toEqual({
    kind: 'situation',
    ...{ id: 'r1', what: 'fallen', text: '老人，桥头西侧' }
  })
})
