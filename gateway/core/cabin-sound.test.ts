/** From when on, and how long, the cabin of a car is heard: a leader's word is for one time. */
import { describe, expect, test } from 'vitest'
import { incidentIn, lin, moved } from '../testing/lifecycle-samples.ts'
import { id } from './brand.ts'
import type { Incident } from './incident.ts'
import type { Step } from './step.ts'

describe('the sound of a cabin', () => {
  const vehicle = { sourceId: id<never>('jt808:1'), channel: 1 }
  const cameras = [
    { cameraId: id<never>('jt808:1/1'), name: '车内', distanceM: 0, vehicle },
    { cameraId: id<never>('c1'), name: '路口', distanceM: 9 }
  ]
  const answer = (over: object = {}): Step => ({
    kind: 'deviceCommand',
    data: { source: 'jt808:1', command: 'cabinSound', result: 'done', order: 'o1', ...over }
  })
  const heard = (incident: Incident) => incident.cameras.map(each => each.heard === true)

  test('is on from the vehicle’s own answer to the end; for a second time it takes another word', () => {
    const open = incidentIn('acknowledged', { cameras })
    for (const over of [{ result: 'asked' }, { result: 'refused' }, { source: 'jt808:2' }, { command: 'photo' }])
      expect(heard(moved(open, answer(over)))).toEqual([false, false])
    const on = moved(open, answer())
    expect(heard(on)).toEqual([true, false])
    expect(heard(moved(incidentIn('resolved', { cameras }), answer()))).toEqual([false, false])
    expect(
      heard(moved({ ...on, state: 'resolved' }, { kind: 'reopen', owner: lin, asLeader: false, reason: '又响' }))
    ).toEqual([false, false])
  })
})
