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
