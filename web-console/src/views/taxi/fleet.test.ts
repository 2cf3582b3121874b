/** Order and choice of the fleet's alarms. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { FleetAlarm } from '../../../../gateway/core/wire.ts'
import { inOrder, mayCall, shownAlarm } from './fleet.ts'

const alarm = (name: string, state: FleetAlarm['state'], openedAtMs: number): FleetAlarm => ({
  incidentId: id(name),
  number: '1122-0001',
  plate: name,
  state,
  openedAtMs,
  presses: 1,
  alarmClass: 'panic',
  silent: true
})

describe('fleet', () => {
  const list = inOrder([alarm('old', 'closed', 9), alarm('a', 'new', 1), alarm('b', 'onScene', 5)])

  it('puts open alarms first, the newest on top', () => {
    expect(list.map(each => each.plate)).toEqual(['b', 'a', 'old'])
  })

  it('puts a trouble of a terminal behind whoever calls, and lets nobody call a car that was pressed in', () => {
    const trouble: FleetAlarm = { ...alarm('t', 'new', 99), alarmClass: 'trouble', cause: 'offline', silent: false }
    const accident: FleetAlarm = { ...alarm('m', 'new', 50), alarmClass: 'medical', silent: false }
    const all = inOrder([trouble, ...list, accident])
    expect(all.map(each => each.plate)).toEqual(['m', 'b', 'a', 't', 'old'])
    expect(all.map(mayCall)).toEqual([true, false, false, false, false])
    // Kept by a gateway that did not say so yet.
    expect(mayCall({ ...accident, silent: undefined } as unknown as FleetAlarm)).toBe(false)
  })

  it('keeps what was chosen, else shows the first open alarm, else nothing', () => {
    expect(shownAlarm(list, 'old')?.plate).toBe('old')
    expect(shownAlarm(list, undefined)?.plate).toBe('b')
    expect(shownAlarm([alarm('x', 'closed', 1)], undefined)).toBeUndefined()
  })
})
