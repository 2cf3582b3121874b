/** What is written with each event brings back, after a restart at any of them, the same past as one that never stopped. */
import { expect, it } from 'vitest'
import { type AccountState, stepAccount } from './account.ts'
import { type Memory, type Past, readBack, reportsOf, sinceKey, writeDown } from './account-memory.ts'

const RULE = { after: 3, pauseMs: 1_800_000 }
const KEY = 'account:1234'
const T = 1_000_000_000

/** Burglary, chatter, restore, arming, panic and what could not be deciphered, over many zones. */
function events(count: number): Past[] {
  const zone = (n: number) => String(n % 40).padStart(3, '0')
  const kinds = [
    (n: number) => ({ id: 'ADM-CID', data: `#1234|1130 01 ${zone(n)}` }),
    (n: number) => ({ id: 'ADM-CID', data: `#1234|3130 01 ${zone(n + 7)}` }),
    (n: number) => ({ id: 'ADM-CID', data: `#1234|3401 0${n % 9} 00${n % 7}` }),
    () => ({ id: 'ADM-CID', data: '#1234|1130 01 009' }),
    () => ({ id: 'SIA-DCS', data: '#1234|Nri1/PA01' }),
    () => ({ id: '*SIA-DCS', data: '' })
  ] as const
  return Array.from({ length: count }, (_, n) => {
    const kind = kinds[n % 4 === 0 ? 0 : n % kinds.length] as (typeof kinds)[number]
    // A burst within one millisecond now and then, as from a buffer.
    return { digest: `digest-${n}`, atMs: T + Math.floor(n / 5) * 1_700, ...kind(n) }
  })
}

const step = (state: AccountState, past: Past) =>
  stepAccount(state, { digest: past.digest, nowMs: past.atMs, reports: reportsOf(past) }, RULE).state

it('after each of many events, whether or not the whole was just written', () => {
  const stored = new Map<string, string>()
  let wholes = 0
  let memory = readBack(key => stored.get(key), KEY, RULE)
  for (const past of events(300)) {
    const written = writeDown(memory, past, step(memory.state, past), KEY)
    stored.set(written.entry.key, written.entry.value)
    if (written.entry.key === KEY) wholes += 1
    else expect(written.entry.value.length).toBeLessThanOrEqual(1_200)
    memory = written.memory
    expect(readBack(key => stored.get(key), KEY, RULE)).toEqual(memory)
  }
  expect(wholes).toBeGreaterThan(10)
  expect(wholes).toBeLessThan(60)
  expect(memory.state.standing.length).toBeGreaterThan(10)
})

it('what was written of an event whose signal could not be stored does not count: the next one follows what was', () => {
  const [first, lost, third] = events(3) as [Past, Past, Past]
  const start: Memory = readBack(() => undefined, KEY, RULE)
  const whole = writeDown(start, first, step(start.state, first), KEY)
  writeDown(whole.memory, lost, step(whole.memory.state, lost), KEY)
  const after = writeDown(whole.memory, third, step(whole.memory.state, third), KEY)
  const stored = new Map([whole.entry, after.entry].map(({ key, value }) => [key, value]))
  expect(readBack(key => stored.get(key), KEY, RULE).state.recent.map(([digest]) => digest)).toEqual([
    'digest-0',
    'digest-2'
  ])
})

it('what an older version wrote is taken over, and what follows another whole, or is damaged, is passed over', () => {
  const old = JSON.stringify({ recent: [['old', T]], arm: {}, standing: ['a'], chatter: {} })
  const [next] = events(1) as [Past]
  const stored = new Map([
    [KEY, old],
    [sinceKey(KEY), `77\n${JSON.stringify(['stale', T, 'ADM-CID', '#1234|1130 01 001'])}`]
  ])
  const read = readBack(key => stored.get(key), KEY, RULE)
  expect(read.state.recent).toEqual([['old', T]])
  const { entry } = writeDown(read, next, step(read.state, next), KEY)
  expect(entry.key).toBe(KEY)
  stored.set(KEY, entry.value)
  expect(readBack(key => stored.get(key), KEY, RULE).state.recent.map(([digest]) => digest)).toEqual([
    'old',
    'digest-0'
  ])
  stored.set(sinceKey(KEY), `${next.atMs}\n{"no`)
  expect(readBack(key => stored.get(key), KEY, RULE).state.recent).toHaveLength(2)
})
