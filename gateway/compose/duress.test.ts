/** Duress is seen wherever a sign could reach it: in every lane of the place, and through telephones that households share (rule 5). */
import { expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Incident, SubjectCard } from '../core/incident.ts'
import { createBoard } from '../incident/board.ts'
import { sharedBy } from '../registry/shared.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { isDuressAt, isDuressOn, isSilentAt } from './duress.ts'

const SHARED = '6650100'
const household = (name: string, phone?: string): SubjectCard => ({
  ...{ id: id<SubjectId>(name), kind: 'household', name, address: '文昌街' },
  ...(phone ? { phone } : {})
})
const [A, C, D] = [household('a', '13800000001'), household('c'), household('d')]
const shared = (number: string, ...all: readonly SubjectCard[]) =>
  sharedBy(
    id<SourceId>(`sip:${number}`),
    all.map(subject => ({ subject }))
  ).subject

function floor() {
  const board = createBoard(number => (number === SHARED ? [A.id, C.id] : []))
  const put = (subject: SubjectCard, over: Partial<Incident> = {}, source = 'mqtt:linxi/box') => {
    const incident = sampleIncident({ subject, ...over })
    board.put(incident)
    board.putAlarm(sampleAlarm(incident, { sourceId: id<SourceId>(source), alarmClass: incident.alarmClass }))
    return incident
  }
  const forced = (subject: SubjectCard, over: Partial<Incident> = {}) =>
    put(subject, { duress: true, alarmClass: 'duress', ...over })
  return { board, put, forced, seen: (incident: Incident) => isDuressAt(incident, board) }
}

it.each([
  ['the box of a household, by the telephone it shares', A, shared(SHARED, A, C)],
  ['a shared telephone, by the box of the first of them', shared(SHARED, A, C), A],
  ['a shared telephone, by the box of the second', shared(SHARED, A, C), C],
  ['one shared telephone, by another that one of them shares', shared(SHARED, A, C), shared('6650101', C, D)]
])('%s: in both lanes, and no more when it is over', (_, here, there) => {
  const { board, put, forced, seen } = floor()
  const own = [put(here), put(here, { alarmClass: 'trouble', priority: 4 }), put(D)]
  expect(own.map(seen)).toEqual([false, false, false])
  const duress = forced(there)
  expect(own.slice(0, 2).map(seen)).toEqual([true, true])
  board.put({ ...duress, state: 'resolved' })
  expect(own.map(seen)).toEqual([false, false, false])
})

it('a stranger is nobody who shares', () => {
  const { put, forced, seen } = floor()
  forced(shared(SHARED, A, C))
  expect(seen(put(D))).toBe(false)
})

it('a shared telephone does not ring for whoever of them is under duress by a box, a card without a number too', () => {
  const { board, forced } = floor()
  expect(isDuressOn(SHARED, board)).toBe(false)
  const duress = forced(C)
  expect(board.callsFrom(SHARED)).toEqual([duress])
  expect(isDuressOn(SHARED, board)).toBe(true)
  expect(isDuressOn('13800000001', board)).toBe(false)
})

it('nor a telephone of one of them that is no part of a call from the shared one', () => {
  const { board, forced } = floor()
  forced(shared(SHARED, A, C))
  expect(isDuressOn('138 0000 0001', board)).toBe(true)
})

it('a driver who presses is silent; a car that tells of an accident by itself is not, unless he presses too', () => {
  const { board } = floor()
  const incident = sampleIncident({ subject: { ...A, kind: 'vehicle' }, alarmClass: 'medical', sourceKind: 'taxi' })
  board.put(incident)
  const tell = (alarmClass: 'medical' | 'panic') =>
    board.putAlarm(
      sampleAlarm(incident, {
        ...{ id: id<never>(alarmClass), sourceId: id<SourceId>('jt808:1'), sourceKind: 'taxi', alarmClass }
      })
    )
  tell('medical')
  expect(isSilentAt(incident, board)).toBe(false)
  tell('panic')
  expect(isSilentAt(incident, board)).toBe(true)
})
