/** The log's output where the disk is full, or fills up in the middle of a line, or nobody reads: no wait, no throw, and what was left out is said. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from './log.ts'
import { createLogOutput } from './log-output.ts'

afterEach(() => vi.useRealTimers())

const failing = (code: string) => Object.assign(new Error(code), { code })

/** Takes `room` bytes and then fails as the system does. */
function disk(room: number, code = 'ENOSPC') {
  const state = { text: '', room, tries: 0 }
  const write = (bytes: Buffer): number => {
    state.tries += 1
    if (state.room === 0) throw failing(code)
    const taken = Math.min(bytes.length, state.room)
    state.room -= taken
    state.text += bytes.subarray(0, taken).toString()
    return taken
  }
  return { state, write }
}

test('a line that was cut by a full disk is whole when there is room, and the others follow it in order', () => {
  vi.useFakeTimers()
  const { state, write } = disk(8)
  const output = createLogOutput(write)
  for (const line of ['first\n', 'second\n', 'third\n']) output.write(line)
  expect(state.text).toBe('first\nse')
  state.room = 1_000
  vi.advanceTimersByTime(1_000)
  expect(state.text).toBe('first\nsecond\nthird\n')
  expect(vi.getTimerCount()).toBe(0)
})

test('what waits has a bound; what was left out beyond it is counted, and said once there is room', () => {
  vi.useFakeTimers()
  const { state, write } = disk(0)
  const output = createLogOutput(write)
  const line = `${'x'.repeat(1_023)}\n`
  for (let n = 0; n < 1_124; n++) output.write(line)
  state.room = 10_000_000
  output.write('after\n')
  const lines = state.text.trimEnd().split('\n')
  expect(lines).toHaveLength(1_026)
  expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ level: 'warn', left: 100 })
  expect(lines.at(-1)).toBe('after')
})

test('a system that takes nothing and says nothing is asked again later, not for ever', () => {
  vi.useFakeTimers()
  const taken: string[] = []
  let takes = false
  const output = createLogOutput(bytes => (takes ? taken.push(bytes.toString()) && bytes.length : 0))
  output.write('first\n')
  takes = true
  vi.advanceTimersByTime(1_000)
  expect(taken).toEqual(['first\n'])
})

test('a pipe that nobody reads any more keeps nothing', () => {
  vi.useFakeTimers()
  const output = createLogOutput(disk(0, 'EPIPE').write)
  output.write('first\n')
  expect(vi.getTimerCount()).toBe(0)
})

test('the log itself goes on where the system says that its disk is full', () => {
  const full = openSync('/dev/full', 'w')
  const log = createLog(
    'info',
    createLogOutput(bytes => writeSync(full, bytes))
  )
  for (let n = 0; n < 100; n++) log.error({ n }, 'a line')
  closeSync(full)
})
