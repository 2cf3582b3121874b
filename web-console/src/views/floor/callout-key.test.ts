/** N: begins at once; one slip of it stops nobody's call. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentAction } from '../../../../gateway/core/wire.ts'
import { READ_MS, SECOND_PRESS_MS } from '../../state/second-press.ts'
import { incident } from '../../testing/samples.ts'
import { pressCallout } from './callout-key.ts'

const GROUP = { id: 'g1', name: '杏花巷第一组', members: 9 }
const RUNNING = { startedAtMs: 1, message: 'help', neighbours: [], limitAtMs: 2 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function floor(callout?: object, id = 'i') {
  const log: string[] = []
  const base = incident(id)
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
  vi.advanceTimersByTime(SECOND_PRESS_MS + 1)
  const running = floor(RUNNING)
  running.press()
  running.press()
  expect(running.log).toEqual(['asked'])
  vi.advanceTimersByTime(READ_MS)
  running.press()
  expect(running.log).toEqual(['asked', 'endCallNeighbours'])
  // The next one is a first press again.
  running.press()
  expect(running.log).toEqual(['asked', 'endCallNeighbours', 'asked'])
})

it('struck again and again in impatience it begins and stops nothing', () => {
  floor(undefined, 'impatient').press()
  const running = floor(RUNNING, 'impatient')
  for (let n = 0; n < 4; n++) {
    vi.advanceTimersByTime(400)
    running.press()
  }
  expect(running.log).toEqual(['asked', 'asked', 'asked', 'asked'])
  vi.advanceTimersByTime(2_000)
  running.press()
  vi.advanceTimersByTime(READ_MS)
  running.press()
  expect(running.log.at(-1)).toBe('endCallNeighbours')
})

it('answers while its first press is still on its way', async () => {
  const log: string[] = []
  let done = (_: boolean) => {}
  const act = ({ action }: IncidentAction) => {
    log.push(action)
    return new Promise<boolean>(resolve => {
      done = resolve
    })
  }
  const base = incident('slow')
  const shown = { ...base, subject: { ...base.subject, group: GROUP } } as unknown as Incident
  const press = () => pressCallout({ incident: shown, act, tell: () => log.push('told') })
  press()
  press()
  expect(log).toEqual(['callNeighbours', 'told'])
  // Refused: the next press tries again.
  done(false)
  await vi.advanceTimersByTimeAsync(1)
  press()
  expect(log).toEqual(['callNeighbours', 'told', 'callNeighbours'])
})

it('asks for the second press no longer than that counts, and says that it is over', () => {
  const times: (number | undefined)[] = []
  const base = incident('asked')
  const shown = { ...base, subject: { ...base.subject, group: GROUP }, callout: RUNNING } as unknown as Incident
  pressCallout({ incident: shown, act: async () => true, tell: (_, forMs) => times.push(forMs) })
  expect(times).toEqual([SECOND_PRESS_MS])
  vi.advanceTimersByTime(SECOND_PRESS_MS)
  expect(times).toEqual([SECOND_PRESS_MS, undefined])
})

it('is no key where there is no group', () => {
  const tell = () => undefined
  expect(pressCallout({ incident: incident('i'), act: async () => true, tell })).toBe(false)
})

it('the overlay of keys says in both languages for how long its second press counts', async () => {
  for (const language of ['zh', 'en']) {
    const { default: words } = await import(`../../i18n/${language}/floor.json`)
    expect(words.keys.neighbours).toContain(`${SECOND_PRESS_MS / 1_000} `)
    expect(words.callout.stopAsk).toContain(`${SECOND_PRESS_MS / 1_000} `)
  }
})
