/** Positions by MQTT: the published schema, what is taken and what is not, and mosquitto_pub as a vehicle. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { Check } from 'typebox/schema'
import { Value } from 'typebox/value'
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { prepareMosquitto } from '../../gateway/testing/mosquitto.ts'
import { Mutator } from '../../gateway/testing/mutate.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { config } from './config.ts'
import { createMqttAdapter } from './index.ts'
import { createPositions, readPosition } from './position.ts'

const run = promisify(execFile)
const NOW = Date.UTC(2026, 10, 28, 13)
const SCHEMA = JSON.parse(readFileSync(new URL('schema/position.json', import.meta.url), 'utf8')) as object
const PLACE = { v: 1, lat: 27.0332, lon: 119.6135 }
const BUS = id<SourceId>('mqtt:linxi/bus-07')
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const read = (payload: unknown) => readPosition(Buffer.from(JSON.stringify(payload)), NOW)

describe('a payload', () => {
  it('gives place, time, speed and direction', () => {
    expect(read({ ...PLACE, at: NOW - 5_000, speedKmh: 42.5, headingDeg: 360, datum: 'gcj02' })).toEqual({
      ok: true,
      value: {
        point: { lat: 27.0332, lon: 119.6135, datum: 'gcj02' },
        atMs: NOW - 5_000,
        speedKmh: 42.5,
        headingDeg: 0
      }
    })
    expect(read(PLACE)).toMatchObject({ value: { point: { datum: 'wgs84' }, atMs: NOW } })
  })

  it.each([
    ['ISO 8601', new Date(NOW - 60_000).toISOString(), NOW - 60_000],
    ['a little ahead', NOW + 60_000, NOW],
    ['far ahead', NOW + 86_400_000, NOW],
    ['no time', 'yesterday', NOW],
    ['no number', -1, NOW]
  ])('at: %s', (_what, at, atMs) => {
    expect(read({ ...PLACE, at })).toMatchObject({ ok: true, value: { atMs } })
  })

  it.each([
    ['positionOld', { ...PLACE, at: NOW - 600_001 }],
    ['noPlace', { ...PLACE, lat: 91 }],
    ['noPlace', { ...PLACE, lon: '119.6' }],
    ['noPlace', { v: 1 }],
    ['noPlace', { ...PLACE, datum: 'bd09' }],
    ['version', { ...PLACE, v: 2 }],
    ['notObject', [1]],
    ['positionTooLong', { ...PLACE, note: 'x'.repeat(1_024) }]
  ])('%s: %j is not taken', (reason, payload) => {
    expect(read(payload)).toMatchObject({ ok: false, reason })
  })

  it('what fits the published schema is read; what is no place by the schema is not', () => {
    const some = fc.record(
      {
        v: fc.constantFrom(1, 2, '1'),
        lat: fc.oneof(fc.double({ noNaN: true, min: -100, max: 100 }), fc.constant('27')),
        lon: fc.double({ noNaN: true, min: -200, max: 200 }),
        datum: fc.constantFrom('wgs84', 'gcj02', 'bd09'),
        at: fc.integer({ min: NOW - 500_000, max: NOW + 500_000 }),
        speedKmh: fc.double({ noNaN: true, min: 0, max: 400 }),
        headingDeg: fc.double({ noNaN: true, min: 0, max: 360 })
      },
      { requiredKeys: [] }
    )
    let fitting = 0
    fc.assert(
      fc.property(some, payload => {
        const fits = Check(SCHEMA, payload)
        if (fits) fitting += 1
        // Null Island is on the schema's earth and in no town.
        const nowhere = payload.lat === 0 && payload.lon === 0
        expect(nowhere || read(payload).ok).toBe(fits || nowhere)
      }),
      { numRuns: 2_000 }
    )
    expect(fitting).toBeGreaterThan(50)
  })

  it('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1_200 }), bytes => void readPosition(bytes, NOW)))
    fc.assert(fc.property(fc.json(), text => void readPosition(Buffer.from(text), NOW)))
  })

  const INPUTS = process.env.PINGAN_FULL ? 1_000_000 : 20_000
  it(`${INPUTS} mutated payloads are a place on earth or a reason`, { timeout: 600_000 }, () => {
    const mutator = new Mutator(8_883)
    const seeds = [PLACE, { ...PLACE, datum: 'gcj02', at: NOW - 1_000, speedKmh: 31.5, headingDeg: 270 }]
    const told = { places: 0, reasons: 0 }
    for (let n = 0; n < INPUTS; n++) {
      const read = readPosition(mutator.bytes(seeds.map(each => Buffer.from(JSON.stringify(each)))), NOW)
      told[read.ok ? 'places' : 'reasons'] += 1
      if (!read.ok) continue
      const { point, speedKmh = 0, headingDeg = 0 } = read.value
      const onEarth = Math.abs(point.lat) <= 90 && Math.abs(point.lon) <= 180
      if (!onEarth || !Number.isFinite(speedKmh) || !Number.isFinite(headingDeg))
        expect.fail(`input ${n} of seed 8883: ${JSON.stringify(read.value)}`)
    }
    expect(Math.min(told.places, told.reasons)).toBeGreaterThan(INPUTS / 50)
  })
})

it('a source that floods is bounded, its neighbour is not; who is in no registry leaves nothing', async () => {
  const clock = createFakeClock()
  const other = id<SourceId>('mqtt:linxi/bus-08')
  const fake = createFakeHost({ clock, known: [BUS, other] })
  const positions = createPositions(fake.host)
  const payload = Buffer.from(JSON.stringify(PLACE))
  for (let n = 0; n < 100; n++) positions.take(BUS, 'tcp x', payload)
  positions.take(other, 'tcp x', payload)
  positions.take(id<SourceId>('mqtt:linxi/stranger'), 'tcp x', payload)
  expect(fake.positions.map(one => one.sourceId)).toEqual([...Array(20).fill(BUS), other])
  expect(fake.rejections.filter(({ reason }) => reason === 'positionTooFast')).toHaveLength(80)
  expect(fake.rejections.at(-1)?.reason).toBe('positionUnknown')
  await clock.advance(1_000)
  for (let n = 0; n < 5; n++) positions.take(BUS, 'tcp x', payload)
  expect(fake.positions).toHaveLength(23)
})

it('mosquitto_pub as a vehicle: its own position is taken and acknowledged, never kept by the broker; another vehicle’s is refused', async () => {
  const credentials = { 'linxi/bus-07': 'secret-7', 'linxi/bus-08': 'secret-8' }
  const fake = createFakeHost({ credentials })
  const settings = { ...Value.Parse(config, Value.Default(config, {})), address: '127.0.0.1', port: 0, tlsPort: -1 }
  const abort = new AbortController()
  const done = createMqttAdapter(settings, { site: 'linxi', assetsDir: '.' }).run(fake.host, abort.signal)
  cleanUp.push(async () => {
    abort.abort()
    await done
  })
  const port = await until('the broker', () => fake.endpoints[0]?.port)
  const login = ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-u', 'linxi/bus-07', '-P', 'secret-7']
  const publish = (topic: string, payload: string, ...more: string[]) =>
    run('mosquitto_pub', [...login, '-t', topic, '-m', payload, ...more], { timeout: 60_000 })
  await publish('v1/linxi/bus-07/position', JSON.stringify({ ...PLACE, speedKmh: 31 }), '-q', '1', '-r')
  expect(fake.positions).toMatchObject([{ sourceId: BUS, position: { speedKmh: 31, point: { lat: 27.0332 } } }])
  await publish('v1/linxi/bus-07/position', 'no json', '-q', '1')
  expect(fake.rejections.map(({ reason }) => reason)).toEqual(['notJson'])
  await expect(publish('v1/linxi/bus-08/position', JSON.stringify(PLACE), '-q', '1')).rejects.toThrow()
  await until('the refusal', () => fake.rejections.some(({ reason }) => reason === 'topicRefused'))
  // Whoever listens is told nothing: a device reads its orders only.
  const listen = await run('mosquitto_sub', [...login, '-t', 'v1/linxi/bus-07/position', '-C', '1', '-W', '2'])
  expect(listen.stderr).toContain('denied')
  expect(fake.positions).toHaveLength(1)
  expect(fake.signals).toEqual([])
})

it('by way of a mosquitto outside: its ACL lets a vehicle tell its own place, and a place that the broker kept is nobody’s', async () => {
  const users = { gateway: 'secret-gateway', 'linxi/bus-07': 'secret-7', 'linxi/bus-08': 'secret-8' }
  const broker = await prepareMosquitto({ dir: tempDir('position'), users })
  await broker.start()
  cleanUp.push(() => broker.kill())
  await broker.publish('linxi/bus-07', 'v1/linxi/bus-07/position', JSON.stringify({ ...PLACE, speedKmh: 1 }), '-r')
  const fake = createFakeHost()
  fake.host.credential = async () => ({ username: 'gateway', password: users.gateway })
  const settings = Value.Parse(config, Value.Default(config, { embedded: false }))
  const external = { ...settings.external, url: `mqtt://127.0.0.1:${broker.port}` }
  const abort = new AbortController()
  const adapter = createMqttAdapter({ ...settings, external }, { site: 'linxi', assetsDir: '.' })
  const done = adapter.run(fake.host, abort.signal)
  cleanUp.push(async () => {
    abort.abort()
    await done
  })
  await until('the kept one has come', () => fake.rejections.some(({ reason }) => reason === 'retained'))
  await broker.publish('linxi/bus-08', 'v1/linxi/bus-07/position', JSON.stringify({ ...PLACE, speedKmh: 2 }))
  await broker.publish('linxi/bus-07', 'v1/linxi/bus-07/position', JSON.stringify({ ...PLACE, speedKmh: 3 }))
  await until('its own', () => fake.positions.length > 0)
  expect(fake.positions).toMatchObject([{ sourceId: BUS, position: { speedKmh: 3 } }])
})
