/** An external broker: a real mosquitto with the sample configuration and ACL, killed and started again, plain and over TLS. */
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { Adapter } from '../../gateway/core/ports.ts'
import { createFakeHost, type FakeHost, systemTestClock } from '../../gateway/testing/fake-host.ts'
import { type Mosquitto, prepareMosquitto } from '../../gateway/testing/mosquitto.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { config, type MqttConfig } from './config.ts'
import { createMqttAdapter } from './index.ts'
import { createBox } from './simulator.ts'

const BOX = id<SourceId>('mqtt:linxi/box-03')
const USERS = { gateway: 'secret-gateway', 'linxi/box-03': 'secret-3', 'linxi/box-04': 'secret-4' }
const CREDENTIALS = { broker: USERS.gateway }
const alarm = (eventId: string, type = 'panic') => JSON.stringify({ v: 1, eventId, type })

interface Running {
  readonly fake: FakeHost
  readonly adapter: Adapter
  stop(): Promise<void>
}

/** The log-in is stored under `broker`, with the user name `gateway`. */
function hostFor(): FakeHost {
  const fake = createFakeHost({ credentials: CREDENTIALS })
  const { credential } = fake.host
  return Object.assign(fake, {
    host: Object.assign(fake.host, {
      credential: async (key: string) => {
        const stored = await credential(key)
        return stored && { ...stored, username: 'gateway' }
      }
    })
  })
}

function start(
  broker: Mosquitto,
  fake = hostFor(),
  over: Partial<MqttConfig> = {},
  external: Partial<MqttConfig['external']> = {}
): Running {
  const settings = Value.Parse(config, Value.Default(config, { embedded: false }))
  const url = `mqtt://127.0.0.1:${broker.port}`
  const adapter = createMqttAdapter(
    { ...settings, ...over, external: { ...settings.external, url, ...external } },
    { site: 'linxi', assetsDir: '.' }
  )
  const abort = new AbortController()
  const done = adapter.run(fake.host, abort.signal)
  return {
    ...{ fake, adapter },
    async stop() {
      abort.abort()
      await done
    }
  }
}

async function withMosquitto(name: string, work: (broker: Mosquitto) => Promise<void>): Promise<void> {
  const broker = await prepareMosquitto({ dir: tempDir(name), users: USERS })
  await broker.start()
  try {
    await work(broker)
  } finally {
    await broker.kill('SIGKILL')
  }
}

const linked = ({ fake }: Running) =>
  until('the broker is reached', () => fake.sightings.some(s => s.deviceId === 'mqtt:broker' && s.state === 'online'))

describe('an external broker', () => {
  test('what comes while the journal waits is not acknowledged: the next life gets it again, once, in order', () =>
    withMosquitto('broker-again', async broker => {
      const first = start(broker)
      await linked(first)
      // The journal never answers: as if the process were killed between receiving and storing.
      first.fake.gate = new Promise(() => {})
      for (const n of [1, 2, 3]) await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm(`e${n}`))
      await first.stop()
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('e4'))
      expect(first.fake.signals).toEqual([])
      const second = start(broker)
      await until('all are here', () => second.fake.signals.length === 4)
      expect(second.fake.signals.map(s => [s.sourceId, s.eventId])).toEqual([1, 2, 3, 4].map(n => [BOX, `e${n}`]))
      await second.stop()
      const third = start(broker)
      await linked(third)
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('e5'))
      await until('a new one is here', () => third.fake.signals.length > 0)
      expect(third.fake.signals.map(s => s.eventId)).toEqual(['e5'])
      await third.stop()
    }))

  test('a disk that is full for a while costs no message', () =>
    withMosquitto('broker-full', async broker => {
      const running = start(broker)
      await linked(running)
      running.fake.failing = true
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('f1'))
      await until('the connection was given up', () => running.fake.sightings.some(s => s.state === 'offline'))
      running.fake.failing = false
      await until('it is here', () => running.fake.signals.length === 1)
      await running.stop()
    }))

  test('orders go out and results come back; another box cannot answer, by the ACL of the broker', () =>
    withMosquitto('broker-orders', async broker => {
      const running = start(broker)
      await linked(running)
      const box = createBox({
        ...{ url: `mqtt://127.0.0.1:${broker.port}`, username: 'linxi/box-03', password: 'secret-3' },
        ...{ site: 'linxi', source: 'box-03' }
      })
      await box.start()
      await until('it has said what it takes', () => (running.adapter.commandsOf?.(BOX) ?? []).length === 4)
      expect(await running.adapter.command?.(BOX, { kind: 'siren', seconds: 9 })).toEqual({ result: 'done' })
      const { eventId } = await box.press()
      await until('it is here', () => running.fake.signals.length === 1)
      await running.adapter.confirmAlarm?.(BOX, eventId)
      await until('its lamp is on', () => box.confirmed.includes(eventId))
      // mosquitto takes what its ACL forbids without a word, and passes it to nobody.
      const forged = JSON.stringify({ v: 1, id: box.orders[0]?.id, result: 'done' })
      await broker.publish('linxi/box-04', 'v1/linxi/box-03/result', forged)
      await broker.publish('linxi/box-04', 'v1/linxi/box-03/alarm', alarm('forged'))
      await broker.publish('linxi/box-04', 'v1/linxi/box-04/alarm', alarm('own'))
      await until('its own is here', () => running.fake.signals.length === 2)
      expect(running.fake.signals.map(s => s.eventId)).toEqual([eventId, 'own'])
      expect(running.fake.rejections).toEqual([])
      await box.stop()
      await until('nothing is offered', () => running.adapter.commandsOf?.(BOX)?.length === 0)
      await running.stop()
    }))

  test('the broker away is one trouble, its boxes are not missed meanwhile; back, it is restored and the box presses', () =>
    withMosquitto('broker-away', async broker => {
      const running = start(broker, hostFor(), { offlineTroubleMs: 1_000 })
      const { fake } = running
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/status', 'online', '-r')
      await until('the box is known', () => fake.sightings.some(s => s.deviceId === BOX))
      await broker.kill()
      const trouble = await until('a trouble', () => fake.signals[0])
      expect(trouble).toMatchObject({
        sourceId: 'mqtt:broker',
        alarmClass: 'trouble',
        cause: 'broker',
        qualifier: 'new'
      })
      await broker.start()
      await until('it is restored', () => fake.signals.length > 1)
      expect(fake.signals[1]).toMatchObject({ sourceId: 'mqtt:broker', qualifier: 'restore' })
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('e1'))
      await until('the press is here', () => fake.signals.length > 2)
      expect(fake.signals.map(s => s.sourceId)).toEqual(['mqtt:broker', 'mqtt:broker', BOX])
      await running.stop()
    }))

  test('the last will of a box that is cut off is its absence, also when it came while we were away', () =>
    withMosquitto('broker-will', async broker => {
      const will = ['--will-topic', 'v1/linxi/box-03/status', '--will-payload', 'offline', '--will-retain']
      const running = start(broker, hostFor(), { offlineTroubleMs: 1_000 })
      await linked(running)
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/status', 'online', '-r')
      await until('it is here', () => running.fake.sightings.some(s => s.deviceId === BOX && s.state === 'online'))
      const box = spawn('stdbuf', [
        ...['-oL', 'mosquitto_sub', ...broker.as('linxi/box-03'), ...will, '-d', '-t', 'v1/linxi/box-03/cmd']
      ])
      await new Promise<void>(resolve => box.stdout.on('data', (text: Buffer) => text.includes('SUBACK') && resolve()))
      await until('what it does is stored', async () => {
        await running.fake.host.remember({ key: 'settled', value: '' })
        return running.fake.remembered.get('mqtt-online')?.includes('>mqtt:linxi/box-03')
      })
      await running.stop()
      box.kill('SIGKILL')
      const next = start(broker, running.fake, { offlineTroubleMs: 1_000 })
      await until('it is missed', () => next.fake.signals.some(s => s.sourceId === BOX))
      expect(next.fake.signals).toMatchObject([{ sourceId: BOX, cause: 'offline', qualifier: 'new' }])
      await next.stop()
    }))

  test('a device behind it whose heartbeats stop is away, though the broker says nothing', () =>
    withMosquitto('broker-silent', async broker => {
      const fake = hostFor()
      // The sweep of ten seconds comes a hundred times as often.
      const clock = {
        ...systemTestClock,
        every: (ms: number, work: () => void) => systemTestClock.every(ms / 100, work)
      }
      const running = start(broker, { ...fake, host: { ...fake.host, clock } }, {}, { silentMs: 500 })
      await linked(running)
      const seen = (state: string) => fake.sightings.filter(s => s.deviceId === BOX && s.state === state).length
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/heartbeat', '{"v":1}')
      await until('it is here', () => seen('online') > 0)
      await until('it is away', () => seen('offline') === 1)
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/heartbeat', '{"v":1}')
      await until('it is back', () => seen('online') > 1)
      await running.stop()
    }))

  test('what no box should send stops nobody: foreign topics, kept alarms, too long ones', () =>
    withMosquitto('broker-odd', async broker => {
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('kept'), '-r')
      const running = start(broker, hostFor(), { maxPacketBytes: 1_024 })
      await until('the kept one is here', () => running.fake.signals.length === 1)
      const long = JSON.stringify({ v: 1, eventId: 'long', type: 'panic', text: 'x'.repeat(4_000) })
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', long)
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('next'))
      await until('the next is here', () => running.fake.signals.length === 3)
      expect(running.fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'unmapped', 'panic'])
      expect(running.fake.rejections.map(r => r.reason)).toEqual(['retained', 'notJson'])
      await running.stop()
    }))

  test('over TLS with the authority that is given, and with no other; a wrong password is counted and tried again', async () => {
    const names = [{ name: 'commonName', value: 'localhost' }]
    const options = {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]
    } as const
    const [own, other] = await Promise.all([generate(names, options as never), generate(names, options as never)])
    const dir = tempDir('broker-tls')
    const broker = await prepareMosquitto({ dir, users: USERS, tls: { key: own.private, cert: own.cert } })
    await broker.start()
    const url = `mqtts://127.0.0.1:${broker.port}`
    const otherFile = join(dir, 'other.crt')
    writeFileSync(otherFile, other.cert)
    const refused = (running: Running) =>
      until('it was refused', () => running.fake.rejections.some(r => r.reason === 'brokerRefused'))
    try {
      const wrong = start(broker, hostFor(), {}, { url, caFile: otherFile })
      await refused(wrong)
      expect(wrong.fake.sightings).toEqual([])
      await wrong.stop()
      const stranger = start(
        broker,
        createFakeHost({ credentials: { broker: 'wrong' } }),
        {},
        { url, caFile: join(dir, 'broker.crt') }
      )
      await until('it was tried again', () => stranger.fake.rejections.length > 1)
      await stranger.stop()
      const good = start(broker, hostFor(), {}, { url, caFile: join(dir, 'broker.crt') })
      await linked(good)
      await broker.publish('linxi/box-03', 'v1/linxi/box-03/alarm', alarm('tls'))
      await until('it is here', () => good.fake.signals.length === 1)
      await good.stop()
    } finally {
      await broker.kill('SIGKILL')
    }
  })

  test('why it is away stands in its trouble: another authority, an expired or foreign certificate, a wrong password, nobody there; mended, it is back by itself', async () => {
    const names = [{ name: 'commonName', value: 'localhost' }]
    const here = { type: 7, ip: '127.0.0.1' }
    const make = (altName: object, more: object = {}) =>
      generate(names, {
        ...{ keyType: 'ec', algorithm: 'sha256', extensions: [{ name: 'subjectAltName', altNames: [altName] }] },
        ...more
      } as never)
    const past = { notBeforeDate: new Date('2024-01-01'), notAfterDate: new Date('2024-02-01') }
    const [good, foreign, expired] = await Promise.all([
      make(here),
      make({ type: 2, value: 'broker.example' }),
      make(here, past)
    ])
    const dir = tempDir('broker-why')
    const broker = await prepareMosquitto({ dir, users: USERS, tls: { key: good.private, cert: good.cert } })
    const url = `mqtts://127.0.0.1:${broker.port}`
    const caFile = join(dir, 'trusted.crt')
    const shows = ({ cert, private: key }: typeof good, trusted = cert) => {
      writeFileSync(join(dir, 'broker.crt'), cert)
      writeFileSync(join(dir, 'broker.key'), key)
      writeFileSync(caFile, trusted)
    }
    const trouble = async (fake: FakeHost) => {
      const running = start(broker, fake, { offlineTroubleMs: 1_000 }, { url, caFile })
      const signal = await until('a trouble', () => fake.signals[0])
      expect(signal).toMatchObject({ sourceId: 'mqtt:broker', cause: 'broker', qualifier: 'new' })
      return { running, said: [signal.text, signal.textEn] }
    }
    const told = async (fake = hostFor()) => {
      const { running, said } = await trouble(fake)
      await running.stop()
      return said.join(' ')
    }
    try {
      shows(good)
      expect(await told()).toMatch(/没有服务.*nothing listens/)
      await broker.start()
      expect(await told(createFakeHost({ credentials: { broker: 'wrong' } }))).toMatch(/拒绝登录.*refuses our log-in/)
      shows(good, foreign.cert)
      expect(await told()).toMatch(/信任.*not of an authority that is trusted/)
      await broker.kill()
      shows(expired)
      await broker.start()
      expect(await told()).toMatch(/已过期.*has expired/)
      await broker.kill()
      shows(foreign)
      await broker.start()
      const fake = hostFor()
      const { running, said } = await trouble(fake)
      expect(said.join(' ')).toMatch(/主机名.*another host name/)
      await broker.kill()
      shows(good)
      await broker.start()
      await until('it is restored', () => fake.signals.some(each => each.qualifier === 'restore'))
      await running.stop()
      rmSync(caFile)
      const without = await trouble(hostFor())
      expect(without.said.join(' ')).toMatch(/读不了.*cannot be read/)
      shows(good)
      await until('it is restored', () => without.running.fake.signals.some(each => each.qualifier === 'restore'))
      await without.running.stop()
    } finally {
      await broker.kill('SIGKILL')
    }
  })
})
