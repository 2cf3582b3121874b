/** What an export dialog accepts, in the order of its fields, and the order that it sends. */
import { expect, it } from 'vitest'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import {
  draftOf,
  type ExportDraft,
  NO_SOUND,
  problemOf,
  requestOf,
  soundChoices,
  whyNotExport
} from './export-draft.ts'

const ZONE = 'Asia/Shanghai'
const OPENED = Date.UTC(2026, 10, 21, 19, 12, 31)
const incident = {
  id: 'i-1',
  number: '1122-0187',
  openedAtMs: OPENED,
  pressTimesMs: [OPENED],
  owner: { userId: 'u-1' },
  evidence: []
} as unknown as Incident
const wish = {
  incident,
  cameras: [{ id: 'c1', name: '北门' }],
  chosen: ['c1'],
  fromMs: OPENED - 30_000.4,
  toMs: OPENED + 60_000.4
}
const filled: ExportDraft = { ...draftOf(wish, ZONE), reason: '移交办案单位', receiver: ' 刑侦 王 ' }
const at = { zone: ZONE, nowMs: OPENED + 7_200_000 * 6, anyTime: false }
const wrong = (part: Partial<ExportDraft>, anyTime = false) =>
  problemOf({ ...filled, ...part }, wish, { ...at, anyTime })?.word

it('says the first thing that is wrong', () => {
  expect(wrong({})).toBeUndefined()
  expect(wrong({ items: false, cameras: [] })).toBe('nothing')
  expect(wrong({ cameras: Array.from({ length: 17 }, (_, n) => `c${n}`) })).toBe('tooMany')
  expect(wrong({ from: 'soon' })).toBe('time')
  expect(wrong({ to: '2026-11-22 03:00:00' })).toBe('order')
  expect(wrong({ from: '2026-11-20 03:00:00' })).toBe('long')
  expect(wrong({ from: '2026-11-22 01:30:00' })).toBe('around')
  expect(wrong({ from: '2026-11-22 01:30:00' }, true)).toBeUndefined()
  expect(wrong({ from: '2026-12-01 01:30:00', to: '2026-12-01 02:30:00' }, true)).toBe('future')
  expect(wrong({ reason: '..办案.' })).toBe('reason')
  expect(wrong({ receiver: ' ' })).toBe('receiver')
})

it('sends milliseconds as they were marked, and nothing that was not asked for', () => {
  expect(requestOf(filled, wish, ZONE, at.nowMs, false)).toEqual({
    incidentId: 'i-1',
    ranges: [{ cameraId: 'c1', fromMs: OPENED - 30_001, toMs: OPENED + 60_001 }],
    reason: '移交办案单位',
    receiver: '刑侦 王'
  })
  const only = { ...filled, items: false, cameras: ['c1'], time: true, oneFile: 'grid' } as const
  expect(requestOf(only, wish, ZONE, at.nowMs, false)).not.toHaveProperty('incidentId')
  expect(requestOf(only, wish, ZONE, at.nowMs, true)).toMatchObject({
    incidentId: 'i-1',
    burnIn: { time: true, address: false },
    oneFile: 'grid'
  })
})

it('names the camera that is heard only where one is chosen, of those that go out', () => {
  const film = (cameraId: string, kind = 'clip', state = 'ready') => ({ cameraId, cameraName: cameraId, kind, state })
  const evidence = [film('c2'), film('c3', 'still'), film('c4', 'clip', 'failed')]
  const rich = { ...wish, incident: { ...incident, evidence } as unknown as Incident }
  const draft = { ...filled, oneFile: 'grid' } as const
  expect(soundChoices(draft, rich).map(camera => camera.id)).toEqual(['c2', 'c1'])
  expect(soundChoices({ ...draft, items: false }, rich).map(camera => camera.id)).toEqual(['c1'])
  const sent = (part: Partial<ExportDraft>) =>
    requestOf({ ...draft, ...part }, rich, ZONE, at.nowMs, false)?.oneFileSound
  expect([sent({}), sent({ sound: 'c2' }), sent({ sound: NO_SOUND })]).toEqual([undefined, { cameraId: 'c2' }, 'none'])
  expect([sent({ sound: 'c9' }), sent({ sound: 'c2', items: false })]).toEqual([undefined, undefined])
  expect([sent({ sound: 'c2', oneFile: 'sequence' }), sent({ sound: NO_SOUND, oneFile: '' })]).toEqual([
    undefined,
    undefined
  ])
})

it('foresees who may', () => {
  const user = (role: SessionUser['role'], userId: string) => ({ role, userId }) as SessionUser
  expect(whyNotExport(user('leader', 'u-9'), undefined)).toBeUndefined()
  expect(whyNotExport(user('operator', 'u-1'), incident)).toBeUndefined()
  expect(whyNotExport(user('operator', 'u-2'), incident)).toBe('notOwner')
  expect(whyNotExport(user('operator', 'u-1'), { ...incident, owner: undefined } as Incident)).toBe('notTaken')
  expect(whyNotExport(user('operator', 'u-1'), undefined)).toBe('leaderOnly')
})
