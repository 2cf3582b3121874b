/** Bad input is counted whole, logged once a second, and cannot grow our memory or break our log. */
import { expect, it } from 'vitest'
import type { Log } from '../core/ports.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createRejections } from './rejections.ts'

function setUp() {
  const clock = createFakeClock()
  const lines: Record<string, unknown>[] = []
  const log: Log = { ...silentLog, warn: fields => lines.push({ ...fields }) }
  const counted: string[] = []
  const rejections = createRejections({ clock, log, metrics: { rejected: (a, r) => counted.push(`${a} ${r}`) } })
  return { clock, lines, counted, rejections }
}

it('counts by adapter and reason, with the last origin, time and detail', async () => {
  const { clock, rejections, counted } = setUp()
  rejections.reject('sip', 'bad-crc', 'udp 10.0.0.1:5060', 'first')
  await clock.advance(10)
  rejections.reject('sip', 'bad-crc', 'udp 10.0.0.2:5060')
  rejections.reject('mqtt', 'too-long', 'tcp 10.0.0.3:1')
  expect(rejections.of('sip')).toEqual([
    { reason: 'bad-crc', count: 2, lastOrigin: 'udp 10.0.0.2:5060', lastAtMs: clock.now(), lastDetail: undefined }
  ])
  expect(rejections.of('mqtt')).toHaveLength(1)
  expect(rejections.of('jt808')).toEqual([])
  expect(counted).toEqual(['sip bad-crc', 'sip bad-crc', 'mqtt too-long'])
})

it('counts many at once', () => {
  const { lines, rejections } = setUp()
  rejections.reject('sip', 'tooFast', 'udp 10.0.0.1:5060', undefined, 100_000)
  rejections.reject('sip', 'tooFast', 'udp 10.0.0.1:5060')
  expect(rejections.of('sip')).toMatchObject([{ count: 100_001 }])
  expect(lines).toMatchObject([{ rejected: { tooFast: 100_000 } }])
})

it('logs the first at once and then at most once a second, with nothing left out of the counts', async () => {
  const { clock, lines, rejections } = setUp()
  for (let i = 0; i < 1000; i++) rejections.reject('sip', i % 2 ? 'bad-crc' : 'bad-uri', 'udp 10.0.0.1:5060')
  expect(lines).toHaveLength(1)
  await clock.advance(1_000)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ adapter: 'sip', rejected: { 'bad-crc': 500, 'bad-uri': 499 } })
  await clock.advance(10_000)
  expect(lines).toHaveLength(2)
  expect(clock.pending).toBe(0)
  rejections.reject('sip', 'bad-crc', 'udp 10.0.0.1:5060')
  expect(lines).toHaveLength(3)
  rejections.close()
  expect(clock.pending).toBe(0)
})

it('bounds what the network can make it keep', () => {
  const { rejections } = setUp()
  for (let i = 0; i < 500; i++) rejections.reject('sip', `reason-${i}`, 'x'.repeat(10_000), 'y'.repeat(10_000))
  rejections.reject('sip', 'no word\n', 'a\nb\u202E\u0000c', 'line\r\nbreak')
  const rows = rejections.of('sip')
  expect(rows).toHaveLength(65)
  expect(rows.find(row => row.reason === 'other')).toMatchObject({
    count: 437,
    lastOrigin: 'a·b··c',
    lastDetail: 'line··break'
  })
  for (const row of rows) expect(row.lastOrigin.length + (row.lastDetail?.length ?? 0)).toBeLessThanOrEqual(280)
})
