/** X: files at once what every unit has left; else only at a second press, while the words on it are shown. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Assignment, Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentAction } from '../../../../gateway/core/wire.ts'
import { READ_MS, SECOND_PRESS_MS } from '../../state/second-press.ts'
import { incident, user } from '../../testing/samples.ts'
import { pressFile } from './file-key.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function floor(state: Assignment['state'], id: string) {
  const log: unknown[] = []
  const shown: Incident = incident(id, { state: 'resolved', assignments: [{ unitName: '03 车', state }] as never })
  const act = async (action: IncidentAction) => {
    log.push(action)
    return true
  }
  const leader = user({ role: 'leader' })
  return {
    log,
    press: () =>
      pressFile({
        incident: shown,
        user: leader,
        act,
        tell: (_, forMs, late) => log.push(forMs ? 'asked' : late ? 'lapsed' : 'answered')
      })
  }
}

it('files at once when every unit has left', () => {
  const { log, press } = floor('cleared', 'left')
  press()
  expect(log).toEqual([{ action: 'close' }])
})

it('asks while a unit is still there; too late a second press asks again', () => {
  const { log, press } = floor('arrived', 'there')
  press()
  vi.advanceTimersByTime(SECOND_PRESS_MS)
  press()
  press()
  vi.advanceTimersByTime(READ_MS)
  press()
  expect(log).toEqual(['asked', 'lapsed', 'asked', 'answered', { action: 'close', unitsThere: true }])
})

it('asks nobody who may not file anyway', () => {
  const log: unknown[] = []
  const shown = incident('i', { state: 'resolved', assignments: [{ unitName: '03 车', state: 'arrived' }] as never })
  const act = async (action: IncidentAction) => {
    log.push(action)
    return false
  }
  pressFile({ incident: shown, user: user(), act, tell: () => log.push('asked') })
  expect(log).toEqual([{ action: 'close' }])
})
