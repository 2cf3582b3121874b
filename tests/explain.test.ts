/** What technicians see of frames, over every protocol: recorded ones in full, wrong ones with what is wrong, secrets never, and any bytes without harm. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Default } from 'typebox/value'
import { expect, it } from 'vitest'
import { encodeFrame as encodeDc09, formatTime } from '../adapters/dc09/frame.ts'
import { adapters } from '../adapters/index.ts'
import { encodeFrame as encode808 } from '../adapters/jt808/frame.ts'
import { encodeFrame as encode905 } from '../adapters/jt905/frame.ts'
import { writeBcdTime } from '../adapters/kit/bcd.ts'
import { traceBytes as mqttBytes } from '../adapters/mqtt/explain.ts'
import { traceBytes as onvifBytes } from '../adapters/onvif/explain.ts'
import { claimedBy as claimedBySip } from '../adapters/sip/explain.ts'
import { traceBytes as hookBytes } from '../adapters/webhook/explain.ts'
import type { Adapter } from '../gateway/core/ports.ts'
import { viewOf } from '../gateway/sources/frame-view.ts'

const NOW = Date.UTC(2026, 10, 28, 5, 0, 0)
const created = new Map<string, Adapter>(
  adapters.map(({ name, config, create }) => [
    name,
    create(Default(config, {}), { site: 'linxi', assetsDir: join(import.meta.dirname, '../adapters') })
  ])
)

/** As the page gets it. */
function view(name: string, bytes: Uint8Array | string, out = false) {
  const text = typeof bytes === 'string' ? Buffer.from(bytes).toString('latin1') : Buffer.from(bytes).toString('latin1')
  const adapter = created.get(name)
  const frame = { n: 1, atMs: NOW, origin: 'tcp 10.0.0.1:1', out, length: text.length, text }
  return viewOf(frame, adapter?.explain && ((all, sent) => adapter.explain?.(all, sent) ?? []))
}
const field = (name: string, bytes: Uint8Array | string, wanted: string) =>
  view(name, bytes).fields.find(each => each.name === wanted)

it.each(adapters.map(({ name }) => name))('%s: any bytes are explained without harm and within their bounds', name => {
  const explain = created.get(name)?.explain
  if (!explain) throw new Error(`${name} explains nothing`)
  const mark = fc.constantFrom(
    '\n',
    '"',
    '[',
    ']',
    '|',
    '~',
    '}',
    '{"type":',
    'sip:1@',
    'From: ',
    '\r\n',
    '0',
    '#',
    '_'
  )
  const near = fc
    .array(fc.oneof(mark, fc.string({ maxLength: 6 })), { maxLength: 40 })
    .map(all => Buffer.from(all.join('')))
  const any = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(fc.oneof(any, near), fc.boolean(), (bytes, out) => {
      for (const { offset, length, value } of explain(bytes, out)) {
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(length).toBeGreaterThanOrEqual(0)
        expect(offset + length).toBeLessThanOrEqual(bytes.length)
        expect(typeof value).toBe('string')
      }
    }),
    { numRuns: process.env.PINGAN_FULL === '1' ? 1_000_000 : 3_000 }
  )
})

const DC09 = '"ADM-CID"0007R12L34#1021[#1021|1130 01 003]'

it('DC-09: a right frame, then the same with a wrong CRC, a wrong length, an unknown code and a clock that is behind', () => {
  const right = view('dc09', encodeDc09(`${DC09}_${formatTime(NOW - 192_000)}`))
  expect(right.fields.filter(each => each.fault)).toEqual([])
  expect(right.fields.map(each => [each.name, each.value]).slice(2)).toEqual([
    ['id', 'ADM-CID'],
    ['sequence', '0007'],
    ['receiver', '12'],
    ['line', '34'],
    ['account', '1021'],
    ['contactId', '1130 盗警 Burglary'],
    ['partition', '01'],
    ['zone', '003'],
    ['time', formatTime(NOW - 192_000)]
  ])
  expect(right.fields.at(-1)?.offMs).toBe(-192_000)
  const bad = encodeDc09(DC09)
  const given = bad.toString('latin1', 1, 5)
  bad.write('BEEF', 1, 'latin1')
  expect(field('dc09', bad, 'crc')).toMatchObject({
    offset: 1,
    length: 4,
    value: 'BEEF',
    fault: 'wrong',
    expected: given
  })
  const short = encodeDc09(DC09)
  short.write('0001', 5, 'latin1')
  expect(field('dc09', short, 'length')).toMatchObject({ value: '1', fault: 'wrong', expected: String(DC09.length) })
  expect(field('dc09', encodeDc09(DC09.replace('1130', '1999')), 'contactId')).toMatchObject({ fault: 'unknown' })
  expect(field('dc09', encodeDc09('"SIA-DCS"0001L0#1021[#1021|Nri1/BA003]'), 'sia')?.value).toMatch(/^BA003 盗警/)
  expect(field('dc09', encodeDc09('"*ADM-CID"0001L0#1021[00FF00FF'), 'sealed')?.value).toBe('AES 4')
})

it('DC-09: every recorded frame of real panels has a right CRC and a known event', () => {
  const text = readFileSync(join(import.meta.dirname, '../adapters/dc09/frames/panels.txt'), 'utf8')
  const [good = '', marked = ''] = text.split('# wrong CRC and length:\n')
  const linesOf = (part: string) => part.split('\n').filter(line => /^[0-9A-F]{8}"/.test(line))
  const frames = linesOf(good)
  expect(frames.length).toBeGreaterThan(8)
  for (const frame of linesOf(marked)) {
    const wrong = view('dc09', `\n${frame}\r`).fields.filter(each => each.fault)
    expect(wrong.map(each => each.name)).toEqual(['crc', 'length'])
  }
  for (const frame of frames) {
    const wrong = view('dc09', `\n${frame}\r`).fields.filter(each => each.fault)
    expect({ frame, wrong }).toEqual({ frame, wrong: [] })
  }
})

const location = (ms: number) =>
  Buffer.concat([Buffer.from('0000000100000002019c8ae0072158400000006400b4', 'hex'), writeBcdTime(ms)])

it('JT/T 808: the emergency bit, the clock, escapes that move the bytes, a wrong XOR', () => {
  const frame = { id: 0x0200, v2019: false, phone: '013900000007', serial: 0x7e7d }
  const right = encode808({ ...frame, body: location(NOW + 3_600_000) })
  const { fields, hex } = view('jt808', right)
  expect(fields.filter(each => each.fault)).toEqual([])
  const found = (name: string) => fields.find(each => each.name === name)
  expect(found('message')?.value).toContain('位置')
  expect(found('alarmBits')?.value).toContain('紧急')
  expect(found('time')?.offMs).toBe(3_600_000)
  // 7e 7d in the serial number stand as 7d 02 7d 01.
  const serial = found('serial')
  expect(hex.slice((serial?.offset ?? 0) * 2, ((serial?.offset ?? 0) + (serial?.length ?? 0)) * 2)).toBe('7d027d01')
  const bad = Buffer.from(right)
  const last = bad.length - 2
  bad[last] = (bad[last] ?? 0) ^ 1
  const xor = field('jt808', bad, 'xor')
  expect(xor).toMatchObject({
    fault: 'wrong',
    expected: (right[last] ?? 0).toString(16).toUpperCase().padStart(2, '0')
  })
})

it('JT/T 905: emergency, position and clock', () => {
  const body = Buffer.concat([
    Buffer.from('0000000100000000', 'hex'),
    Buffer.from([...Buffer.alloc(8), 0, 100, 45]),
    writeBcdTime(NOW - 60_000)
  ])
  const { fields } = view('jt905', encode905({ id: 0x0200, isu: '108000000316', serial: 1, body }))
  expect(fields.filter(each => each.fault)).toEqual([])
  const values = new Map(fields.map(each => [each.name, each]))
  expect(values.get('isu')?.value).toBe('108000000316')
  expect(values.get('alarmBits')?.value).toContain('紧急')
  expect(values.get('heading')?.value).toBe('90°')
  expect(values.get('time')?.offMs).toBe(-60_000)
})

it('MQTT and webhook: an unknown type, the time of the box, bytes that are no JSON', () => {
  const press = (body: object | string) =>
    mqttBytes('v1/linxi/box-03/alarm', Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  expect(field('mqtt', press({ v: 1, eventId: 'e1', type: 'panik' }), 'type')).toMatchObject({ fault: 'unknown' })
  const order = mqttBytes('v1/linxi/box-03/cmd', Buffer.from('{"v":1,"id":"c1","type":"siren","seconds":30}'))
  expect(field('mqtt', order, 'type')).toMatchObject({ value: 'siren' })
  expect(view('mqtt', order, true).fields.filter(each => each.fault !== undefined)).toEqual([])
  expect(field('mqtt', press({ v: 1, type: 'panic', at: NOW - 5_000 }), 'at')?.offMs).toBe(-5_000)
  expect(field('mqtt', press({ v: 2, type: 'panic' }), 'v')).toMatchObject({ fault: 'wrong', expected: '1' })
  expect(field('mqtt', press('not json'), 'payload')).toMatchObject({ fault: 'invalid', value: 'not json' })
  expect(field('mqtt', press({ text: '商铺' }), 'text')?.value).toBe('商铺')
  const head = {
    method: 'POST',
    path: '/v1/linxi/s/alarm',
    timestamp: String(NOW / 1_000 + 400),
    signature: 'sha256=ab'
  }
  expect(field('webhook', hookBytes(head, Buffer.from('{"type":"fire"}')), 'time')?.offMs).toBe(400_000)
  expect(field('webhook', hookBytes(head, Buffer.from('{"type":"fire"}')), 'type')?.fault).toBeUndefined()
})

it('ONVIF: an input and its state', () => {
  const message = { topic: 'Device/Trigger/DigitalInput', operation: 'changed' as const, deviceTimeMs: NOW + 2_000 }
  const bytes = onvifBytes({
    ...message,
    source: new Map([['InputToken', 'panic']]),
    data: new Map([['LogicalState', 'true']])
  })
  expect(field('onvif', bytes, 'LogicalState')?.value).toBe('true')
  expect(field('onvif', bytes, 'time')?.offMs).toBe(2_000)
})

const SECRET = 'TopSecret77'

/** One frame of each protocol with something that must not be read. */
const SECRETS: readonly [string, string, Uint8Array | string, string][] = [
  [
    'an authentication code of 2013',
    'jt808',
    encode808({ id: 0x0102, v2019: false, phone: '1', serial: 1, body: Buffer.from(SECRET) }),
    SECRET
  ],
  [
    'one of 2019',
    'jt808',
    encode808({
      id: 0x0102,
      v2019: true,
      phone: '1',
      serial: 1,
      body: Buffer.from(`\u000b${SECRET}${'0'.repeat(35)}`)
    }),
    SECRET
  ],
  [
    'the code that we give out',
    'jt808',
    encode808({ id: 0x8100, v2019: false, phone: '1', serial: 1, body: Buffer.from(`\0\0\0${SECRET}`) }),
    SECRET
  ],
  [
    'a claim',
    'mqtt',
    mqttBytes('v1/linxi/box/info', Buffer.from(JSON.stringify({ claim: SECRET, password: SECRET, v: 1 }))),
    SECRET
  ],
  [
    'an HMAC',
    'webhook',
    hookBytes({ method: 'POST', path: '/', timestamp: '1', signature: `sha256=${SECRET}` }, Buffer.from('{}')),
    SECRET
  ],
  [
    'a doubled HMAC',
    'webhook',
    hookBytes({ method: 'POST', path: '/', timestamp: '1', signature: ['x', `\n${SECRET}`] }, Buffer.from('{}')),
    SECRET
  ],
  [
    'a digest',
    'sip',
    `REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="6650147",\r\n response="${SECRET}"\r\nCSeq: 1 REGISTER\r\n\r\n`,
    SECRET
  ],
  [
    'a digest for a proxy, cut off',
    'sip',
    `INVITE sip:x SIP/2.0\r\nproxy-authorization : Digest cnonce="${SECRET}`,
    SECRET
  ],
  ['a challenge', 'sip', `SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest nonce="${SECRET}"\r\n\r\n`, SECRET],
  [
    'a media key',
    'sip',
    `INVITE sip:x SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\na=crypto:1 AES inline:${SECRET}\r\n`,
    SECRET
  ],
  [
    'keys pressed',
    'sip',
    `INFO sip:x SIP/2.0\r\nCSeq: 2 INFO\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=${SECRET}\r\n`,
    SECRET
  ]
]

it.each(SECRETS)('never shown: %s (%s)', (_what, name, bytes, secret) => {
  const shown = view(name, bytes)
  expect(Buffer.from(bytes).includes(secret)).toBe(true)
  expect(Buffer.from(shown.hex, 'hex').includes(secret)).toBe(false)
  expect(JSON.stringify(shown.fields)).not.toContain(secret)
  expect(shown.fields.some(each => each.masked && each.length > 0)).toBe(true)
  expect(shown.hex.length).toBe(Buffer.from(bytes).length * 2)
})

it("where somebody is stands in no technician's list: not of taxis, not of persons", () => {
  const place = location(NOW).subarray(8, 16)
  const taxi808 = encode808({ id: 0x0200, v2019: false, phone: '1', serial: 1, body: location(NOW) })
  const stored = encode808({ id: 0x0704, v2019: false, phone: '1', serial: 1, body: location(NOW) })
  const taxi905 = encode905({ id: 0x0203, isu: '1', serial: 1, body: location(NOW) })
  const shown = [view('jt808', taxi808), view('jt808', stored), view('jt905', taxi905)]
  for (const { hex, fields } of shown) {
    expect(hex).not.toContain(place.toString('hex'))
    expect(fields.map(each => each.value).join(' ')).not.toMatch(/27\.0|119\.6/)
  }
  const person = view('mqtt', mqttBytes('v1/linxi/watch/position', Buffer.from('{"v":1,"lat":27.0321,"lon":119.61}')))
  expect(Buffer.from(person.hex, 'hex').toString()).not.toMatch(/27\.0|119\.6/)
  expect(JSON.stringify(person.fields)).not.toMatch(/27\.0|119\.6/)
})

it('a frame whose adapter stumbles over it is shown by its length alone', () => {
  const frame = { n: 1, atMs: NOW, origin: 'x', out: false, length: 11, text: SECRET }
  const stumbling = () => {
    throw new Error('a bug')
  }
  for (const explain of [undefined, stumbling])
    expect(viewOf(frame, explain)).toMatchObject({ hex: '', fields: [], length: 11 })
})

it.each([
  ['From: <sip:+8605936650147@gw>;tag=1', 'sip:6650147'],
  ['P-Asserted-Identity: <tel:0593-6650147>\r\nFrom: <sip:anonymous@x>', 'sip:6650147'],
  ['From: <sip:9@us>\r\nTo: <sip:6650147@them>', 'sip:6650147'],
  ['From: <sip:1234567@gw>', undefined]
])('SIP: %j is about %s', (headers, source) => {
  const bytes = Buffer.from(`INVITE sip:9@gw SIP/2.0\r\n${headers}\r\n\r\n`)
  expect(claimedBySip(bytes, ['86', '0593', '593'], known => known === 'sip:6650147')).toBe(source)
})
