/** MQTT payloads, topics and packet lengths, without a broker. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mutator } from '../../gateway/testing/mutate.ts'
import { decode } from './decode.ts'
import { createLengthGuard, formatTopic, parseTopic, type TopicKind } from './frame.ts'

describe('payloads', () => {
  test.each([
    ['of an unknown type', '{"v":1,"eventId":"e1","type":"\u202e999"}'],
    ['that are no JSON', '\u202e999\u0007']
  ])('%s are shown without what turns the line round', (_what, payload) => {
    const { signal } = decode({
      ...{ topic: { site: 'linxi', source: 'box-03', kind: 'alarm' }, receivedTimeMs: 5, origin: 'tcp 127.0.0.1:1' },
      payload: Buffer.from(payload)
    })
    expect(signal.alarmClass).toBe('unmapped')
    expect(signal.text).toContain('999')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(signal.text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/)
  })

  test.each([
    ['alone', '{"v":1,"eventId":"e1","type":"panic","zone":"3"}', '防区 3', 'zone 3'],
    [
      'before what the box wrote',
      '{"v":1,"eventId":"e1","type":"intrusion","zone":4,"text":"后院"}',
      '防区 4 · 后院',
      'zone 4 · 后院'
    ]
  ])('the zone is said in words, %s', (_what, payload, text, textEn) => {
    const { signal } = decode({
      ...{ topic: { site: 'linxi', source: 'box-03', kind: 'alarm' }, receivedTimeMs: 5, origin: 'tcp 127.0.0.1:1' },
      payload: Buffer.from(payload)
    })
    expect(signal).toMatchObject({ text, textEn })
  })

  const rows = JSON.parse(readFileSync(new URL('./frames/payloads.json', import.meta.url), 'utf8')) as {
    label: string
    kind: TopicKind
    payload: string
    expect: object
    fault?: string
  }[]
  test.each(rows)('$label', row => {
    const reading = decode({
      topic: { site: 'linxi', source: 'box-03', kind: row.kind },
      payload: Buffer.from(row.payload),
      receivedTimeMs: 5,
      origin: 'tcp 127.0.0.1:1'
    })
    expect(reading.signal).toMatchObject({ sourceId: 'mqtt:linxi/box-03', ...row.expect })
    expect(reading.fault?.reason).toBe(row.fault)
  })

  test('no bytes make the decoder throw or give an empty event id', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map(text => Buffer.from(text))
        ),
        payload => {
          const { signal } = decode({
            topic: { site: 's', source: 'b', kind: 'alarm' },
            payload,
            receivedTimeMs: 1,
            origin: 'tcp x:1'
          })
          expect(signal.eventId.length).toBeGreaterThan(0)
          expect(signal.eventId.length).toBeLessThanOrEqual(130)
        }
      )
    )
  })

  const INPUTS = process.env.PINGAN_FULL === '1' ? 1_000_000 : 40_000
  test(`${INPUTS} mutated payloads: every one is a bounded signal, and the heap does not grow`, {
    timeout: 600_000
  }, () => {
    const seeds = rows.map(row => Buffer.from(row.payload))
    const mutator = new Mutator(1883)
    const faults = new Map<string, number>()
    const before = process.memoryUsage().heapUsed
    for (let n = 0; n < INPUTS; n++) {
      const { signal, fault } = decode({
        topic: { site: 's', source: 'b', kind: n % 2 === 0 ? 'alarm' : 'restore' },
        payload: mutator.bytes(seeds),
        receivedTimeMs: n,
        origin: 'tcp x:1'
      })
      faults.set(fault?.reason ?? 'none', (faults.get(fault?.reason ?? 'none') ?? 0) + 1)
      // Plain conditions: a million expectations would be the test's own load.
      const bounded =
        signal.eventId.length > 0 &&
        signal.eventId.length <= 130 &&
        (signal.text?.length ?? 0) <= 500 &&
        (signal.zone?.length ?? 0) <= 32 &&
        (signal.raw?.length ?? 0) <= 4_096 &&
        (signal.deviceTimeMs === undefined || Number.isSafeInteger(signal.deviceTimeMs))
      if (!bounded) expect.fail(`input ${n} of seed 1883 is not bounded: ${JSON.stringify(signal).slice(0, 300)}`)
    }
    // Both what is read and each kind of what is not were reached.
    expect([...faults.keys()].toSorted()).toEqual(
      ['eventIdMissing', 'none', 'notJson', 'notObject', 'typeUnknown', 'version'].toSorted()
    )
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
  })

  test('topics round trip, and nothing else is a topic', () => {
    expect(parseTopic(formatTopic({ site: 'linxi', source: 'box-03', kind: 'alarm' }))).toEqual({
      site: 'linxi',
      source: 'box-03',
      kind: 'alarm'
    })
    for (const bad of [
      'v1/linxi/box-03',
      'v1//box/alarm',
      'v2/a/b/alarm',
      'v1/a/b/alarm/c',
      '$SYS/x',
      `v1/${'x'.repeat(300)}/b/alarm`
    ]) {
      expect(parseTopic(bad)).toBeUndefined()
    }
  })

  test('the length guard follows packets over any cut and stops at a long one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (sizes, cut) => {
          const bytes = Buffer.concat(
            sizes.map(size =>
              Buffer.concat([
                Buffer.from(size < 128 ? [0x30, size] : [0x30, (size & 0x7f) | 0x80, size >> 7]),
                Buffer.alloc(size, 0xff)
              ])
            )
          )
          const guard = createLengthGuard(250)
          let ok = true
          for (let at = 0; at < bytes.length && ok; at += cut) ok = guard.feed(bytes.subarray(at, at + cut))
          expect(ok).toBe(sizes.every(size => size <= 250))
        }
      )
    )
  })
})
