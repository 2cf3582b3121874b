/** Orders to boxes: our own box and one made of mosquitto_sub and mosquitto_pub obey, refuse, stay silent; nobody answers for another. */
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { Adapter } from '../../gateway/core/ports.ts'
import { createFakeHost, type FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { config } from './config.ts'
import { createMqttAdapter } from './index.ts'
import { createBox } from './simulator.ts'

const run = promisify(execFile)
const SOURCE = id<SourceId>('mqtt:linxi/box-03')

interface Running {
  readonly fake: FakeHost
  readonly port: number
  readonly adapter: Adapter
}

async function withBroker(work: (running: Running) => Promise<void>, answerMs = 10_000): Promise<void> {
  const fake = createFakeHost({ credentials: { 'linxi/box-03': 'secret-3', 'linxi/box-04': 'secret-4' } })
  const settings = {
    ...Value.Parse(config, Value.Default(config, {})),
    ...{ address: '127.0.0.1', port: 0, tlsPort: -1, commandAnswerMs: answerMs }
  }
  const adapter = createMqttAdapter(settings, { site: 'linxi', assetsDir: '.' })
  const abort = new AbortController()
  const done = adapter.run(fake.host, abort.signal)
  const port = await until('the broker listens', () => fake.endpoints[0]?.port)
  try {
    await work({ fake, port, adapter })
  } finally {
    abort.abort()
    await done
  }
}

const as = (port: number, box: '03' | '04') =>
  ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-u', `linxi/box-${box}`, '-P', `secret-${box[1]}`] as const
const publish = (port: number, box: '03' | '04', topic: string, message: object, ...more: string[]) =>
  run('mosquitto_pub', [...as(port, box), '-q', '1', '-t', topic, '-m', JSON.stringify(message), ...more], {
    timeout: 60_000
  })
const ask = (adapter: Adapter, command: Parameters<NonNullable<Adapter['command']>>[1]) =>
  adapter.command?.(SOURCE, command)
const takes = (adapter: Adapter) => adapter.commandsOf?.(SOURCE) ?? []

/** mosquitto_sub on the box's cmd topic: `heard` is what came. */
async function listener(port: number, work: (heard: Record<string, unknown>[]) => Promise<void>): Promise<void> {
  const heard: Record<string, unknown>[] = []
  // It tells of its subscription in lines of its own; a pipe would hold them back.
  const sub = spawn('stdbuf', [
    '-oL',
    'mosquitto_sub',
    ...as(port, '03'),
    '-i',
    'ear',
    '-d',
    '-t',
    'v1/linxi/box-03/cmd',
    '-q',
    '1'
  ])
  let subscribed = false
  createInterface(sub.stdout).on('line', line => {
    if (line.includes('SUBACK')) subscribed = true
    if (line.startsWith('{')) heard.push(JSON.parse(line) as Record<string, unknown>)
  })
  const ended = new Promise(resolve => sub.once('close', resolve))
  try {
    await until('mosquitto_sub listens', () => subscribed)
    await work(heard)
  } finally {
    sub.kill()
    await ended
  }
}

describe('orders', () => {
  test('our own box sounds, switches, arms and says so; a relay it lacks it refuses', () =>
    withBroker(async ({ fake, port, adapter }) => {
      const box = createBox({
        ...{ url: `mqtt://127.0.0.1:${port}`, username: 'linxi/box-03', password: 'secret-3' },
        ...{ site: 'linxi', source: 'box-03' }
      })
      expect(await ask(adapter, { kind: 'siren', seconds: 5 })).toEqual({ result: 'offLine' })
      await box.start()
      await until('the box has said what it takes', () => takes(adapter).length > 0)
      expect(takes(adapter)).toEqual(['arm', 'disarm', 'siren', 'relay'])
      expect(await ask(adapter, { kind: 'siren', seconds: 30 })).toEqual({ result: 'done' })
      expect(await ask(adapter, { kind: 'relay', output: 9, on: true })).toEqual({
        result: 'refused',
        detail: 'no such relay'
      })
      expect(await ask(adapter, { kind: 'arm', partition: '2' })).toEqual({ result: 'done' })
      await until('the arm state is known', () => fake.sightings.some(s => s.arm?.['2'] === 'armed'))
      expect(box.orders).toMatchObject([
        { type: 'siren', seconds: 30 },
        { type: 'relay', output: 9, on: true },
        { type: 'arm', partition: '2' }
      ])
      expect(await ask(adapter, { kind: 'photo' })).toEqual({ result: 'unsupported' })
      await box.stop()
      await until('it is gone', () => takes(adapter).length === 0)
    }))

  test('a box of mosquitto_sub and mosquitto_pub hears the order once and its result is the answer', () =>
    withBroker(async ({ fake, port, adapter }) => {
      await listener(port, async heard => {
        await publish(port, '03', 'v1/linxi/box-03/info', { v: 1, model: 'M1', commands: ['siren', 'explode', 7] })
        await until('its orders are known', () => takes(adapter).length === 1)
        expect(fake.sightings.at(-1)).toMatchObject({ deviceId: SOURCE, model: 'M1' })
        const answer = ask(adapter, { kind: 'siren', seconds: 20 })
        const order = await until('it hears', () => heard[0])
        expect(order).toMatchObject({ v: 1, type: 'siren', seconds: 20 })
        expect(order.until).toBeGreaterThan(Date.now())
        const result = { v: 1, id: order.id, result: 'done', text: '已响' }
        // Another box cannot answer for it, not on its own topic nor on the first one's.
        await publish(port, '04', 'v1/linxi/box-04/result', result)
        await publish(port, '04', 'v1/linxi/box-03/result', result).catch(() => {})
        await until('both were counted', () => fake.rejections.some(r => r.reason === 'topicRefused'))
        expect(fake.rejections.map(r => r.reason)).toContain('resultUnasked')
        await publish(port, '03', 'v1/linxi/box-03/result', result, '-r')
        expect(await answer).toEqual({ result: 'done', detail: '已响' })
        // Said twice, it answers nothing any more.
        await publish(port, '03', 'v1/linxi/box-03/result', result)
        expect(fake.rejections.filter(r => r.reason === 'resultUnasked')).toHaveLength(2)
        expect(heard).toHaveLength(1)
      })
    }))

  test('an order to a silent box ends unanswered, and who subscribes later hears nothing of it', () =>
    withBroker(async ({ port, adapter }) => {
      await publish(port, '03', 'v1/linxi/box-03/info', { v: 1, commands: ['siren'] })
      await listener(port, async heard => {
        await publish(port, '03', 'v1/linxi/box-03/info', { v: 1, commands: ['siren'] })
        await until('its orders are known', () => takes(adapter).length === 1)
        expect(await ask(adapter, { kind: 'siren', seconds: 5 })).toEqual({ result: 'noAnswer' })
        expect(heard).toHaveLength(1)
      })
      await listener(port, async heard => {
        await publish(port, '03', 'v1/linxi/box-03/info', { v: 1, commands: ['relay'] })
        const late = ask(adapter, { kind: 'relay', output: 1, on: true })
        await until('it hears the new order', () => heard.length > 0)
        expect(heard.map(each => each.type)).toEqual(['relay'])
        expect(await late).toEqual({ result: 'noAnswer' })
      })
    }, 1_000))

  test('what is no info and no result is counted and changes nothing', () =>
    withBroker(async ({ fake, port, adapter }) => {
      for (const bad of [[], { v: 2, commands: ['siren'] }, { v: 1, commands: 'siren' }])
        await publish(port, '03', 'v1/linxi/box-03/info', bad)
      for (const bad of [[], { v: 1, id: 7, result: 'done' }, { v: 1, id: 'x', result: 'perhaps' }])
        await publish(port, '03', 'v1/linxi/box-03/result', bad)
      expect(takes(adapter)).toEqual([])
      const reasons = fake.rejections.map(r => r.reason)
      expect(reasons.filter(r => r === 'infoUnreadable')).toHaveLength(2)
      expect(reasons.filter(r => r === 'resultUnreadable')).toHaveLength(3)
    }))
})
