/** The published schemas against what the code does: what they allow is read without a fault, what is refused they refuse, what we send they allow. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import Schema from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { DeviceCommand } from '../../gateway/core/device-command.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { ALARM_TYPES } from '../kit/alarm-message.ts'
import { createCommands } from './commands.ts'
import { decode } from './decode.ts'
import type { TopicKind } from './frame.ts'

const FOLDER = new URL('./schema/', import.meta.url)
const NAMES = readdirSync(FOLDER).map(file => file.replace(/\.json$/, ''))
const textOf = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'))
const allows = (name: string) => {
  const schema = textOf(name)
  return (value: unknown): boolean => Schema.Check(schema, value)
}
const SOURCE = id<SourceId>('mqtt:linxi/box-03')
const read = (payload: unknown, kind: TopicKind = 'alarm') =>
  decode({
    topic: { site: 'linxi', source: 'box-03', kind },
    payload: Buffer.from(JSON.stringify(payload)),
    ...{ receivedTimeMs: 5, origin: 'tcp a:1' }
  })

/** Values around and beyond what a schema allows. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    0,
    -1,
    '1',
    '',
    ' ',
    null,
    true,
    [],
    {},
    '二区',
    '\u0007',
    'x'.repeat(600),
    1e300,
    95,
    200
  ),
  fc.string(),
  fc.double({ noNaN: true })
)
const mostly = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: odd })
const message = (fields: Record<string, fc.Arbitrary<unknown>>, needed: string[]) =>
  fc.record(fields, { requiredKeys: needed as never[] })

test('every schema says what it is for, and refuses another version', () => {
  expect(NAMES.sort()).toEqual(['alarm', 'claim-answer', 'claim-request', 'cmd', 'info', 'position', 'result'])
  for (const name of NAMES) {
    expect(textOf(name)).toMatchObject({ $id: `pingan:mqtt:v1:${name}`, title: expect.any(String) })
    expect(allows(name)({ v: 2 })).toBe(false)
  }
})

describe('alarm', () => {
  const fields = {
    v: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(1) }, { weight: 1, arbitrary: odd }),
    eventId: fc.oneof(fc.constantFrom<unknown>('6f1c', 17, 'a-b:c')),
    type: mostly(fc.constantFrom<unknown>(...ALARM_TYPES)),
    zone: mostly(fc.constantFrom<unknown>('2', 3)),
    at: mostly(fc.constantFrom<unknown>(1_795_288_351_000, '2026-11-22T03:12:31Z', '2026-11-22T03:12:31.5+08:00')),
    stored: mostly(fc.constant<unknown>(true)),
    lat: mostly(fc.constantFrom<unknown>(27.03)),
    lon: mostly(fc.constantFrom<unknown>(119.61)),
    text: mostly(fc.constantFrom<unknown>('门被撬'))
  }
  const check = allows('alarm')

  test('what the schema allows is read whole, without a fault', () => {
    let valid = 0
    fc.assert(
      fc.property(message(fields, ['v', 'eventId', 'type']), payload => {
        if (!check(payload)) return
        valid += 1
        const { signal, fault } = read(payload)
        expect(fault).toBeUndefined()
        expect(signal.eventId).toBe(String(payload.eventId))
        const zone = String(payload.zone ?? '').trim()
        const written = String(payload.text ?? '').trim()
        expect(signal.zone ?? '').toBe(zone)
        expect(signal.deviceTimeMs !== undefined).toBe(payload.at !== undefined)
        expect(signal.stored === true).toBe(payload.stored === true)
        const ours = [...(zone ? [`防区 ${zone}`] : []), ...(payload.type === 'fall' ? ['跌倒'] : [])]
        expect(signal.text ?? '').toBe([...ours, ...(written ? [written] : [])].join(' · '))
      }),
      { numRuns: 5_000 }
    )
    expect(valid).toBeGreaterThan(100)
  })

  test('what is raised with a fault the schema refuses, and so for the recorded payloads', () => {
    fc.assert(
      fc.property(message(fields, []), payload => {
        if (read(payload).fault) expect(check(payload)).toBe(false)
      }),
      { numRuns: 5_000 }
    )
    const rows = JSON.parse(readFileSync(new URL('./frames/payloads.json', import.meta.url), 'utf8')) as {
      payload: string
      fault?: string
    }[]
    const jsons = rows.filter(row => row.fault !== 'notJson')
    for (const row of jsons) if (row.fault) expect(check(JSON.parse(row.payload)), row.payload).toBe(false)
    expect(check(JSON.parse(rows[0]?.payload ?? ''))).toBe(true)
  })

  test('lists exactly the types that the decoder knows', () => {
    expect(textOf('alarm').properties.type.enum).toEqual(ALARM_TYPES)
  })
})

test('every order that goes out is allowed by cmd, every result allowed by result is taken', async () => {
  const fake = createFakeHost()
  const check = allows('cmd')
  const sent: { readonly id: string }[] = []
  const outlet = {
    connected: () => true,
    send: async (_source: SourceId, payload: object) => void sent.push(payload as { id: string })
  }
  const commands = createCommands(fake.host, outlet, 10_000)
  const info = { v: 1, model: 'PB-20', commands: ['arm', 'disarm', 'siren', 'relay'], arm: { '-': 'stay' } }
  expect(allows('info')(info)).toBe(true)
  commands.info(SOURCE, 'tcp a:1', Buffer.from(JSON.stringify(info)))
  const orders: DeviceCommand[] = [
    { kind: 'arm' },
    { kind: 'disarm', partition: '2' },
    { kind: 'siren', seconds: 0 },
    { kind: 'relay', output: 2, on: false },
    { kind: 'relay', output: 1, on: true, seconds: 5 }
  ]
  const answers = orders.map(order => commands.command(SOURCE, order))
  expect(sent).toHaveLength(orders.length)
  for (const order of sent) expect(check(order), JSON.stringify(order)).toBe(true)
  expect(check({ v: 1, type: 'acknowledged', eventId: '6f1c' })).toBe(true)
  expect(check({ ...sent[2], seconds: 601 })).toBe(false)
  const results = sent.map(({ id: order }, n) => ({ v: 1, id: order, result: n % 2 ? 'refused' : 'done', text: '好' }))
  for (const result of results) {
    expect(allows('result')(result)).toBe(true)
    commands.result(SOURCE, 'tcp a:1', Buffer.from(JSON.stringify(result)))
  }
  expect((await Promise.all(answers)).map(each => each.result)).toEqual(results.map(each => each.result))
  expect(fake.rejections).toEqual([])
})

test.each([[{ v: 1, id: 'x', result: 'perhaps' }], [{ v: 1, result: 'done' }], [{ id: 'x', result: 'done' }], [[]]])(
  'a result that is refused the schema refuses: %j',
  payload => {
    const fake = createFakeHost()
    const outlet = { connected: () => true, send: async () => {} }
    createCommands(fake.host, outlet, 1_000).result(SOURCE, 'tcp a:1', Buffer.from(JSON.stringify(payload)))
    expect(fake.rejections[0]?.reason).toBe('resultUnreadable')
    expect(allows('result')(payload)).toBe(false)
  }
)
