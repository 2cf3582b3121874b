/** Whatever is posted, rightly signed or not: it is answered with a word of the README, only what is signed is an alarm, and nothing stays behind (a million with --full). */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Value } from 'typebox/value'
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { Mutator } from '../../gateway/testing/mutate.ts'
import { webhookConfig } from './config.ts'
import { explain } from './explain.ts'
import { MAX_BODY_BYTES, sign, TIMESTAMP_HEADER } from './frame.ts'
import { createIntake } from './session.ts'

const REQUESTS = process.env.PINGAN_FULL ? 1_000_000 : 20_000
const BATCH = 2_000
const MAX_GROWTH_BYTES = 32 * 1024 * 1024
const SECRET = '00112233445566778899aabbccddeeff'
const NAMES = { 'linxi/school-1': SECRET, 'linxi/box-2': SECRET }
const STATUSES = [200, 401, 404, 405, 413]
const REASONS = [
  ...['path', 'method', 'unsigned', 'wrongSignature', 'noSecret', 'clock', 'oversize'],
  ...['notJson', 'notObject', 'version', 'typeUnknown', 'eventIdMissing']
]
const PATHS = ['/v1/linxi/school-1/alarm', '/v1/linxi/box-2/alarm', '/v1/linxi/nobody/alarm'].map(p => Buffer.from(p))
const BODIES = [
  { v: 1, eventId: 'e1', type: 'panic' },
  { v: 1, eventId: 'e2', type: 'fire', zone: '2', at: '2026-11-28T10:00:00Z', lat: 40.88, lon: 114.9, text: '厨房' },
  { v: 1, eventId: 'e3', type: 'duress', stored: true, at: 1_780_000_000 },
  { v: 2, type: 'medical', eventId: {} },
  { v: 1, type: 'heartbeat' },
  [1, [2, [3, {}]]]
].map(body => Buffer.from(JSON.stringify(body)))

function requestOf(mutator: Mutator, nowMs: number) {
  const odd = (seeds: readonly Buffer[], often: number) =>
    mutator.below(often) === 0 ? mutator.bytes(seeds) : mutator.pick(seeds)
  const body = mutator.below(100) === 0 ? Buffer.alloc(MAX_BODY_BYTES + 1, '[') : odd(BODIES, 2)
  const at = Buffer.from(String(Math.floor(nowMs / 1_000) + mutator.below(700) - 350))
  const timestamp = odd([at], 8).toString('latin1')
  const hash = Buffer.from(`sha256=${sign(SECRET, timestamp, body).toString('hex')}`)
  const signature = odd([hash], 6).toString('latin1')
  const request = new IncomingMessage(new Socket())
  request.method = mutator.below(20) === 0 ? 'PUT' : 'POST'
  request.url = odd(PATHS, 6).toString('latin1')
  request.headers = { [TIMESTAMP_HEADER]: timestamp, 'x-pingan-signature': signature }
  request.push(body)
  request.push(null)
  return { request, isSigned: signature.toLowerCase() === hash.toString() }
}

it(`${REQUESTS} mutated posts`, { timeout: 1_800_000 }, async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const mutator = new Mutator(7_616)
  const heard = new Map<number, number>()
  let base: number | undefined
  for (let done = 0; done < REQUESTS; done += BATCH) {
    const fake = createFakeHost({ credentials: NAMES, clock: createFakeClock() })
    const config = { ...Value.Parse(webhookConfig, Value.Default(webhookConfig, {})), requestsPerMinute: BATCH }
    const intake = createIntake(config, fake.host)
    for (let n = 0; n < BATCH; n++) {
      const { request, isSigned } = requestOf(mutator, fake.host.clock.now())
      const before = fake.signals.length
      const answer = await intake.take(request, 'http x:1')
      // Plain conditions: a million expectations would be the test's own load.
      if (!answer || !STATUSES.includes(answer.status) || (answer.status === 200 && !isSigned))
        expect.fail(`request ${done + n} of seed 7616 is answered ${answer?.status}, signed: ${isSigned}`)
      if (fake.signals.length > before && answer.status !== 200) expect.fail(`request ${done + n} raises an alarm`)
      heard.set(answer.status, (heard.get(answer.status) ?? 0) + 1)
    }
    for (const { eventId, text = '', zone = '', raw = '', sourceId } of fake.signals) {
      const bounded = eventId.length <= 130 && text.length <= 500 && zone.length <= 32 && raw.length <= 4_096
      if (!bounded || eventId === '' || !(String(sourceId).slice(8) in NAMES)) expect.fail(JSON.stringify(sourceId))
    }
    expect(fake.rejections.filter(({ reason }) => !REASONS.includes(reason))).toEqual([])
    intake.stop()
    for (const { bytes } of fake.frames) explain(bytes)
    if (done !== BATCH && done + BATCH < REQUESTS) continue
    collect()
    base ??= process.memoryUsage().heapUsed
  }
  expect(process.memoryUsage().heapUsed - (base ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
  // It was no wall that they ran against: many were taken, and each refusal was reached.
  expect(heard.get(200) ?? 0).toBeGreaterThan(REQUESTS / 5)
  for (const status of STATUSES) expect(heard.get(status) ?? 0).toBeGreaterThan(REQUESTS / 500)
})
