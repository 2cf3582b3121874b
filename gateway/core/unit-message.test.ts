/** Messages between floor and units: who may write to whom, once each, bounded, and who has seen them. */
import { expect, test } from 'vitest'
import { a1, assignment, han, incidentIn, lin, moved, NOW, told } from '../testing/lifecycle-samples.ts'
import { id } from './brand.ts'
import type { EvidenceItem, Incident } from './incident.ts'
import { apply } from './lifecycle.ts'
import type { Step } from './step.ts'
import { isOfUnit, MESSAGE_LIMITS, type MessageDraft } from './unit-message.ts'

const FLOOR = { kind: 'user', ...lin, login: '10327' } as const
const WANG = { kind: 'unit', unitId: id<never>('u1'), name: '巡防 07 车', login: '30001', userName: '王强' } as const
const RECALLED = { id: id<never>('a2'), unitId: id<never>('u2'), unitName: '巡防 09 车', acceptedAtMs: NOW } as const

const picture = (over: Partial<EvidenceItem>): EvidenceItem => ({
  ...{ id: id('p1'), incidentId: id('i'), cameraId: id('unit:u1'), cameraName: '巡防 07 车 王强', kind: 'photo' },
  ...{ state: 'ready', requestedFromMs: NOW, requestedToMs: NOW, createdAtMs: NOW, ...over }
})
/** One on its way, one that was recalled, one that was only asked. */
const scene = (over: Partial<Incident> = {}): Incident =>
  incidentIn('enRoute', {
    assignments: [
      assignment({ state: 'enRoute', acceptedAtMs: NOW }),
      assignment({ ...RECALLED, state: 'recalled', endedAtMs: NOW }),
      assignment({ id: id('a3'), unitId: id('u3'), unitName: '巡防 11 车' })
    ],
    ...over
  })
const tell = (draft: Partial<MessageDraft> = {}, more: object = {}) =>
  ({
    ...({ kind: 'tellUnits', owner: lin, asLeader: false, from: FLOOR } as const),
    draft: { id: 'm1', text: '走后门', ...draft },
    ...more
  }) as Step
const says = (draft: Partial<MessageDraft> = {}, more: object = {}) =>
  ({
    ...({ kind: 'unitTells', assignmentId: a1, from: WANG, writtenAtMs: NOW } as const),
    draft: { id: 'm2', text: '门已锁', ...draft },
    ...more
  }) as Step
const codes = (incident: Incident, step: Step) => {
  const outcome = apply(incident, step, FLOOR, NOW)
  return outcome.ok ? 'ok' : outcome.code
}

test('the floor writes to those who have taken the order, and to nobody else', () => {
  const all = moved(scene(), tell())
  expect(all.messages?.map(each => each.to.map(to => to.unitId))).toEqual([['u1']])
  expect(isOfUnit(all.messages?.[0] as never, id('u1'))).toBe(true)
  for (const unit of ['u2', 'u3']) expect(isOfUnit(all.messages?.[0] as never, id(unit))).toBe(false)
  expect(codes(scene(), tell({}, { to: 'u2' }))).toBe('UNIT_NOT_AVAILABLE')
  expect(codes(scene(), tell({}, { to: 'u3' }))).toBe('UNIT_NOT_AVAILABLE')
  expect(codes(scene(), tell({}, { owner: han }))).toBe('NOT_OWNER')
  expect(codes(scene(), tell({}, { owner: han, asLeader: true }))).toBe('ok')
  expect(told(scene({ state: 'closed' }), tell())).toBe('ILLEGAL_TRANSITION')
})

test('the same message again is said once; a line says who wrote what to whom', () => {
  const outcome = apply(scene(), tell(), FLOOR, NOW)
  expect(outcome).toMatchObject({
    ok: true,
    line: { kind: 'messageSent', data: { units: '巡防 07 车', text: '走后门' } }
  })
  const once = moved(scene(), tell())
  const again = apply(once, tell({ text: '走前门' }), FLOOR, NOW + 1)
  expect(again).toMatchObject({ ok: true, line: undefined })
  expect(again.ok && again.incident.messages).toEqual(once.messages)
})

test('what was written on the way comes also after the recall, with its own time; an order that was never taken says nothing', () => {
  const back = apply(
    scene(),
    says({}, { assignmentId: 'a2', from: { ...WANG, unitId: 'u2' }, writtenAtMs: NOW }),
    WANG,
    NOW + 300_000
  )
  expect(back).toMatchObject({ ok: true, line: { kind: 'messageGot', data: { member: '王强', text: '门已锁' } } })
  expect(back.ok && back.incident.messages?.[0]).toMatchObject({ atMs: NOW + 300_000, writtenAtMs: NOW, to: [] })
  expect(moved(scene(), says(), NOW + 5_000).messages?.[0]).not.toHaveProperty('writtenAtMs')
  expect(codes(scene(), says({}, { assignmentId: 'a3', from: { ...WANG, unitId: 'u3' } }))).toBe('OFFER_GONE')
  expect(codes(scene(), says({}, { assignmentId: 'a2' }))).toBe('NOT_FOUND')
})

test('delivered, then read; an answer has read; the floor’s reading names who', () => {
  const seen = (read: boolean): Step => ({ kind: 'messagesSeen', assignmentId: a1, messages: ['m1'], read })
  const sent = moved(scene(), tell())
  const there = moved(sent, seen(false), NOW + 1)
  expect(there.messages?.[0]?.to).toMatchObject([{ deliveredAtMs: NOW + 1 }])
  // A phone that says by itself what it has is nobody's work on the incident.
  expect(there.lastActionAtMs).toBe(sent.lastActionAtMs)
  expect(moved(there, seen(false), NOW + 2).messages).toBe(there.messages)
  const read = moved(there, seen(true), NOW + 3)
  expect(read.messages?.[0]?.to).toMatchObject([{ deliveredAtMs: NOW + 1, readAtMs: NOW + 3 }])
  const answered = moved(sent, says({}, { writtenAtMs: NOW + 4 }), NOW + 4)
  expect(answered.messages?.[0]?.to).toMatchObject([{ deliveredAtMs: NOW + 4, readAtMs: NOW + 4 }])
  const known = moved(answered, { kind: 'messagesRead', owner: lin, asLeader: false }, NOW + 5)
  expect(known.messages?.map(each => each.readBy)).toEqual([undefined, { name: '林晓', atMs: NOW + 5 }])
})

test('a picture is one of the incident, a unit’s one of its own; neither words nor a picture is nothing', () => {
  const evidence = [
    picture({ takenBy: { who: '30001 王强', unitId: id('u1') } }),
    picture({ id: id('s1'), kind: 'still' }),
    picture({ id: id('c1'), kind: 'clip' })
  ]
  const at = scene({ evidence })
  const photo = (step: Step) => moved(at, step).messages?.[0]?.photo
  expect(photo(tell({ text: '', photo: id('s1') }))).toEqual({ id: 's1', kind: 'still' })
  expect(photo(says({ text: '', photo: id('p1') }))).toEqual({ id: 'p1', kind: 'photo' })
  for (const step of [tell({ photo: id('c1') }), tell({ photo: id('none') }), says({ photo: id('s1') })])
    expect(codes(at, step)).toBe('MESSAGE_REFUSED')
  expect(codes(at, tell({ text: '  ' }))).toBe('BODY_INVALID')
})

test('bounded by the minute and in all', () => {
  let incident = scene()
  const next = (n: number, atMs: number) => apply(incident, says({ id: `n${n}` }, { writtenAtMs: atMs }), WANG, atMs)
  for (let n = 0; n < MESSAGE_LIMITS.messages; n++) {
    const minute = Math.floor(n / MESSAGE_LIMITS.aMinute)
    const outcome = next(n, NOW + minute * 60_000)
    if (!outcome.ok) throw new Error(outcome.why)
    incident = outcome.incident
    if ((n + 1) % MESSAGE_LIMITS.aMinute === 0) expect(next(1_000, NOW + minute * 60_000)).toMatchObject({ ok: false })
  }
  expect(next(1_000, NOW + 10 * 60_000)).toMatchObject({ ok: false, code: 'MESSAGE_REFUSED' })
})

test('a clock that was set back refuses nobody for what was written before', () => {
  let incident = scene()
  for (let n = 0; n < MESSAGE_LIMITS.aMinute; n++)
    incident = moved(incident, says({ id: `n${n}` }, { writtenAtMs: NOW }))
  expect(apply(incident, says({ id: 'late' }), WANG, NOW + 1)).toMatchObject({ ok: false, code: 'MESSAGE_REFUSED' })
  expect(apply(incident, says({ id: 'back' }), WANG, NOW - 3_600_000)).toMatchObject({ ok: true })
})
