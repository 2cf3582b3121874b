/** The open incident of a source, whichever of its alarms is newest, without a search through all of them. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { createBoard } from './board.ts'

test('a source with a call for help and a trouble: one that is open counts, newest or not; closed ones are forgotten', () => {
  const board = createBoard()
  const watch = { sourceId: id<never>('jt808:013900000101') }
  const help = sampleIncident({ alarmClass: 'help' })
  const trouble = sampleIncident({ alarmClass: 'trouble', priority: 4 })
  for (const incident of [help, trouble]) {
    board.put(incident)
    board.putAlarm(sampleAlarm(incident, { ...watch, alarmClass: incident.alarmClass }))
  }
  board.put({ ...trouble, state: 'resolved' })
  expect(board.ofSource(watch.sourceId)?.id).toBe(trouble.id)
  expect(board.openOfSource(watch.sourceId)?.id).toBe(help.id)
  board.put({ ...help, state: 'resolved' })
  expect(board.openOfSource(watch.sourceId)).toBeUndefined()
  board.put({ ...help, state: 'acknowledged' })
  expect(board.openOfSource(watch.sourceId)?.id).toBe(help.id)
  for (const incident of [help, trouble]) board.put({ ...incident, state: 'closed' })
  expect(board.openOfSource(watch.sourceId)).toBeUndefined()
})

test('of a lane: a call for help beside a trouble of the same source; and the telephone it comes from calls while it is open', () => {
  const board = createBoard()
  const from = { sourceId: id<never>('sip:013900000001') }
  const trouble = sampleIncident({ alarmClass: 'trouble', priority: 4 })
  const help = sampleIncident({ alarmClass: 'help' })
  board.put(trouble)
  board.putAlarm(sampleAlarm(trouble, { ...from, alarmClass: 'trouble' }))
  expect(board.openOfSource(from.sourceId, 'alarm')).toBeUndefined()
  expect(board.callsFrom('13900000001')).toEqual([])
  board.put(help)
  board.putAlarm(sampleAlarm(help, { ...from, alarmClass: 'help' }))
  expect(board.openOfSource(from.sourceId, 'alarm')?.id).toBe(help.id)
  expect(board.openOfSource(from.sourceId, 'trouble')?.id).toBe(trouble.id)
  expect(board.callsFrom('+86 139 0000 0001')).toEqual([help])
  board.put({ ...help, state: 'resolved' })
  expect(board.callsFrom('13900000001')).toEqual([])
})

test('a contact who lives in the household itself is not counted as calling by that alone; he is by the telephone it calls from, and by another call of the household', () => {
  const [home, other] = ['13900000002', '13900000003']
  const { subject } = sampleIncident()
  const board = createBoard(number => (number === home || number === other ? [subject.id] : []))
  const help = sampleIncident({ alarmClass: 'help', subject: { ...subject, phone: other } })
  board.put(help)
  expect([home, other].map(number => board.callsFrom(number))).toEqual([[help], [help]])
  expect([home, other].map(number => board.callsFrom(number, help.id))).toEqual([[], [help]])
  const another = { ...help, id: id<never>('another'), duress: true }
  board.put(another)
  expect(board.callsFrom(home, help.id)).toEqual([another])
})
