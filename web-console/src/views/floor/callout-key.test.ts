/** N: begins at once; one slip of it stops nobody's call. */
import { expect, it } from 'vitest'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentAction } from '../../../../gateway/core/wire.ts'
import { incident } from '../../testing/samples.ts'
import { pressCallout } from './callout-key.ts'

const GROUP = { id: 'g1', name: '杏花巷第一组', members: 9 }
const RUNNING = { startedAtMs: 1, message: 'help', neighbours: [], limitAtMs: 2 }

function floor(callout?: object) {
  const log: string[] = []
  const base = incident('i')
  const shown = { ...base, subject: { ...base.subject, group: GROUP }, callout } as unknown as Incident
  const act = async ({ action }: IncidentAction) => {
    log.push(action)
    return true
  }
  return { log, press: () => pressCallout({ incident: shown, act, tell: () => log.push('asked') }) }
}

it('begins at the first press, and stops only at the second in a row', () => {
  const idle = floor()
  expect(idle.press()).toBe(true)
  expect(idle.log).toEqual(['callNeighbours'])
  const running = floor(RUNNING)
  running.press()
  expect(running.log).toEqual(['asked'])
  running.press()
  expect(running.log).toEqual(['asked', 'endCallNeighbours'])
  // The next one is a first press again.
  running.press()
  expect(running.log).toEqual(['asked', 'endCallNeighbours', 'asked'])
})

it('is no key where there is no group', () => {
  const tell = () => undefined
  expect(pressCallout({ incident: incident('i'), act: async () => true, tell })).toBe(false)
})
