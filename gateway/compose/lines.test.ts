/** What every seat is told of the alarm lines: right numbers, nothing that names anything, counted once for all who ask. */
import { expect, it } from 'vitest'
import type { Diagnostics } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createLines } from './lines.ts'

const adapter = (name: string, state: 'running' | 'restarting', lastSignalAtMs?: number) =>
  ({
    ...{ name, state, restarts: 0, accepted: 0, lastSignalAtMs },
    endpoints: [{ protocol: 'udp', address: '10.1.2.3', port: 5060 }],
    rejected: [{ reason: 'digest', count: 1, lastOrigin: '10.9.8.7', lastAtMs: 1 }]
  }) satisfies Diagnostics['adapters'][number]

const device = (deviceId: string, state: 'online' | 'offline' | 'seen', atMs = 0) => ({ deviceId, state, atMs })

function bench(more: readonly ReturnType<typeof device>[] = []) {
  const clock = createFakeClock()
  let asked = 0
  let fails = false
  const rooms = createLines({
    clock,
    latest: {
      devices: () => [
        ...[device('sip:trunk/pbx-a', 'online'), device('sip:trunk/pbx-b', 'offline')],
        ...[device('sip:6650147', 'online'), device('dc09:0001', 'online')],
        ...more
      ]
    },
    diagnostics: async () => {
      asked += 1
      if (fails) throw new Error('disk')
      return {
        adapters: [adapter('sip', 'running', 500), adapter('dc09', 'restarting', 900), adapter('mqtt', 'running')]
      }
    }
  })
  return { clock, rooms, asked: () => asked, fail: (now: boolean) => (fails = now) }
}

it('counts adapters and exchanges and says when the newest signal came, without a name or an address', async () => {
  const said = await bench().rooms.lines()
  expect(said).toEqual({
    adapters: { all: 3, running: 2 },
    lastSignalAtMs: 900,
    exchanges: { all: 2, answering: 1 }
  })
  expect(JSON.stringify(said)).not.toMatch(/10\.|pbx|5060|6650147/)
})

it('an exchange that nobody asks lives for ten minutes after its last call, then nothing is known of it', async () => {
  const seen: ReturnType<typeof device>[] = []
  const { clock, rooms } = bench(seen)
  seen.push(device('sip:trunk/town', 'seen', clock.now()))
  expect((await rooms.lines()).exchanges).toEqual({ all: 3, answering: 2 })
  await clock.advance(600_000)
  expect((await rooms.lines()).exchanges).toEqual({ all: 3, answering: 2 })
  await clock.advance(6_000)
  expect((await rooms.lines()).exchanges).toEqual({ all: 2, answering: 1 })
})

it('is counted once in five seconds, whoever asks; a failure is not kept', async () => {
  const { clock, rooms, asked, fail } = bench()
  await Promise.all([rooms.lines(), rooms.lines(), rooms.lines()])
  expect(asked()).toBe(1)
  await clock.advance(5_000)
  fail(true)
  await expect(rooms.lines()).rejects.toThrow('disk')
  fail(false)
  expect((await rooms.lines()).adapters.all).toBe(3)
  expect(asked()).toBe(3)
})
