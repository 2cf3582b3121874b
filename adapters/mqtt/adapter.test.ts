/** The MQTT adapter against our own box, mosquitto's clients and hostile bytes. */
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import { writeToStream } from 'mqtt-packet'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { silentCrowd } from '../kit/testing-crowd.ts'
import { config, type MqttConfig } from './config.ts'
import { createMqttAdapter } from './index.ts'
import { createBox } from './simulator.ts'

const run = promisify(execFile)
const USER = 'linxi/box-03'

interface Running {
  readonly fake: FakeHost
  readonly port: number
  readonly adapter: ReturnType<typeof createMqttAdapter>
}

async function withBroker(
  work: (running: Running) => Promise<void>,
  options: FakeHostOptions = {},
  over: Partial<MqttConfig> = {}
): Promise<void> {
  const fake = createFakeHost({ credentials: { [USER]: 'secret-3', 'linxi/box-04': 'secret-4' }, ...options })
  const settings = {
    ...Value.Parse(config, Value.Default(config, {})),
    address: '127.0.0.1',
    port: 0,
    tlsPort: -1,
    ...over
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

const box = (port: number, password = 'secret-3', source = 'box-03') =>
  createBox({ url: `mqtt://127.0.0.1:${port}`, username: `linxi/${source}`, password, site: 'linxi', source })

const publish = (port: number, args: readonly string[]) =>
  run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', ...args], { timeout: 60_000 })

describe('broker', () => {
  test('no table of all packet numbers is kept', () => {
    expect(writeToStream.cacheNumbers).toBe(false)
  })

  test('a press is a signal, and the PUBACK waits for the journal', () =>
    withBroker(async ({ fake, port }) => {
      const device = box(port)
      await device.start()
      let open = () => {}
      fake.gate = new Promise(resolve => {
        open = resolve
      })
      let acknowledged = false
      const press = device.press({ zone: '2' }).then(result => {
        acknowledged = true
        return result
      })
      const heartbeats = fake.sightings.length
      await publishHeartbeat(port)
      await until('a later heartbeat went through', () => fake.sightings.length > heartbeats)
      expect(acknowledged).toBe(false)
      open()
      const { eventId } = await press
      expect(fake.signals).toMatchObject([{ sourceId: 'mqtt:linxi/box-03', alarmClass: 'panic', zone: '2', eventId }])
      await device.stop()
    }))

  test('while the journal cannot store, nothing is acknowledged; afterwards the press arrives once', () =>
    withBroker(async ({ fake, port }) => {
      fake.failing = true
      const device = box(port)
      await device.start()
      const press = device.press()
      await until(
        'the connection was refused and came back',
        () => fake.sightings.filter(s => s.state === 'offline').length >= 1
      )
      expect(fake.signals).toHaveLength(0)
      fake.failing = false
      await press
      expect(fake.signals).toHaveLength(1)
      expect(new Set(fake.rejections.map(each => each.reason))).toEqual(new Set(['journalUnavailable']))
      await device.stop()
    }))

  test('mosquitto_pub with QoS 1 presses and restores; a wrong password is refused and counted', () =>
    withBroker(async ({ fake, port }) => {
      const message = JSON.stringify({ v: 1, eventId: 'm1', type: 'panic' })
      await publish(port, ['-u', USER, '-P', 'secret-3', '-q', '1', '-r', '-t', 'v1/linxi/box-03/alarm', '-m', message])
      const over = JSON.stringify({ v: 1, eventId: 'm2', type: 'panic' })
      await publish(port, ['-u', USER, '-P', 'secret-3', '-q', '1', '-t', 'v1/linxi/box-03/restore', '-m', over])
      expect(fake.signals).toMatchObject([
        { eventId: 'm1', verified: true, qualifier: 'new' },
        { eventId: 'r:m2', verified: true, qualifier: 'restore' }
      ])
      await expect(
        publish(port, ['-u', USER, '-P', 'wrong', '-q', '1', '-t', 'v1/linxi/box-03/alarm', '-m', message])
      ).rejects.toThrow()
      expect(fake.rejections.map(r => r.reason)).toContain('loginRefused')
    }))

  test('a box that was off line sends what it kept, by mosquitto_pub: every event with its own time, in its order, once', () =>
    withBroker(async ({ fake, port }) => {
      const sentAtMs = Date.now()
      const events = Array.from({ length: 60 }, (_, n) => ({
        v: 1,
        eventId: `kept-${n}`,
        type: n % 2 === 0 ? 'intrusion' : 'panic',
        at: sentAtMs - (60 - n) * 60_000,
        stored: true
      }))
      const send = async () => {
        const sending = publish(port, ['-u', USER, '-P', 'secret-3', '-q', '1', '-t', 'v1/linxi/box-03/alarm', '-l'])
        sending.child.stdin?.end(events.map(event => `${JSON.stringify(event)}\n`).join(''))
        await sending
      }
      await send()
      expect(fake.signals.map(signal => [signal.eventId, signal.deviceTimeMs, signal.stored])).toEqual(
        events.map(event => [event.eventId, event.at, true])
      )
      // The PUBACKs were lost: it sends them all again.
      await send()
      expect(fake.signals).toHaveLength(60)
    }))

  test('a device may use its own topics only, and hears nothing of others', () =>
    withBroker(async ({ fake, port }) => {
      const message = JSON.stringify({ v: 1, eventId: 'x', type: 'panic' })
      await publish(port, [
        '-u',
        USER,
        '-P',
        'secret-3',
        '-q',
        '1',
        '-t',
        'v1/linxi/box-04/alarm',
        '-m',
        message
      ]).catch(() => {})
      await until('the foreign topic was counted', () => fake.rejections.some(r => r.reason === 'topicRefused'))
      expect(fake.signals).toHaveLength(0)
      const listen = run('mosquitto_sub', [
        '-h',
        '127.0.0.1',
        '-p',
        String(port),
        '-V',
        'mqttv311',
        '-u',
        USER,
        '-P',
        'secret-3',
        '-t',
        '#',
        '-W',
        '2'
      ])
      expect((await listen).stderr).toContain('denied')
      expect(fake.rejections.map(r => r.reason)).toContain('subscribeRefused')
    }))

  test('an alarm published as retained is not kept for later subscribers', () =>
    withBroker(async ({ fake, port }) => {
      const message = JSON.stringify({ v: 1, eventId: 'r1', type: 'panic' })
      await publish(port, ['-u', USER, '-P', 'secret-3', '-q', '1', '-r', '-t', 'v1/linxi/box-03/alarm', '-m', message])
      const device = box(port)
      await device.start()
      await device.press({ eventId: 'r2' })
      expect(fake.signals.map(s => s.eventId)).toEqual(['r1', 'r2'])
      await device.stop()
    }))

  test("the operator's acknowledgement reaches the box", () =>
    withBroker(async ({ fake, port, adapter }) => {
      const device = box(port)
      await device.start()
      const { eventId } = await device.press()
      const signal = fake.signals[0]
      if (!signal) throw new Error('no signal')
      await adapter.confirmAlarm?.(signal.sourceId, eventId)
      await until('the lamp is on', () => device.confirmed.includes(eventId))
      await device.stop()
    }))

  test('a box that is not connected cannot be told', () =>
    withBroker(async ({ fake, port, adapter }) => {
      const device = box(port)
      await device.start()
      await device.press({ eventId: 'e1' })
      await device.stop()
      await until('it is off line', () => fake.sightings.at(-1)?.state === 'offline')
      await expect(adapter.confirmAlarm?.('mqtt:linxi/box-03' as never, 'e1')).rejects.toThrow('not connected')
    }))

  test('the will of a connection that was taken over does not make the box off line', () =>
    withBroker(async ({ fake, port }) => {
      const connectOnce = () =>
        mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
          clientId: 'same',
          username: USER,
          password: 'secret-3',
          reconnectPeriod: 0,
          will: { topic: 'v1/linxi/box-03/status', payload: Buffer.from('offline'), qos: 1, retain: true }
        })
      const first = await connectOnce()
      const gone = new Promise<void>(resolve => first.once('close', () => resolve()))
      const second = await connectOnce()
      await gone
      const heartbeats = fake.sightings.length
      await publishHeartbeat(port)
      await until('a later heartbeat went through', () => fake.sightings.length > heartbeats)
      const mine = fake.sightings.filter(s => s.deviceId === 'mqtt:linxi/box-03')
      expect(mine.map(s => s.state)).not.toContain('offline')
      await second.endAsync(true)
    }))

  test('a header that announces a long packet closes that connection only', () =>
    withBroker(async ({ fake, port }) => {
      const device = box(port)
      await device.start()
      const hostile = connect(port, '127.0.0.1')
      const closed = new Promise(resolve => hostile.once('close', resolve))
      hostile.on('error', () => {})
      hostile.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
      await closed
      expect(fake.rejections.map(r => r.reason)).toContain('packetTooLong')
      const garbage = connect(port, '127.0.0.1')
      garbage.on('error', () => {})
      const gone = new Promise(resolve => garbage.once('close', resolve))
      garbage.write(Buffer.from([0x00, 0x02, 0xff, 0xff]))
      await gone
      await device.press()
      expect(fake.signals).toHaveLength(1)
      await device.stop()
    }))

  test('silent connections that hold every place give theirs to a box, which keeps it', () =>
    withBroker(
      async ({ fake, port }) => {
        const crowd = await silentCrowd(port, 3)
        const device = box(port)
        await device.start()
        expect(fake.rejections.map(r => r.reason)).toContain('displaced')
        const more = await silentCrowd(port, 3, '127.0.0.67')
        await device.press()
        expect(fake.signals).toHaveLength(1)
        await device.stop()
        crowd.end()
        more.end()
      },
      {},
      { maxClients: 3 }
    ))

  test('connections from one address are bounded', () =>
    withBroker(
      async ({ fake, port }) => {
        const device = box(port)
        await device.start()
        const second = connect(port, '127.0.0.1')
        second.on('error', () => {})
        await new Promise(resolve => second.once('close', resolve))
        expect(fake.rejections.map(r => r.reason)).toContain('tooManyConnections')
        await device.stop()
      },
      {},
      { maxPerAddress: 1 }
    ))

  test('a QoS 2 publish closes its connection and is counted; nothing is kept or journaled', () =>
    withBroker(async ({ fake, port }) => {
      const client = await connectAs(port, '03', 'a')
      const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
      client.publish('v1/linxi/box-03/alarm', '{"v":1,"eventId":"q2","type":"panic"}', { qos: 2 })
      await closed
      expect(fake.rejections.map(r => r.reason)).toContain('qos2Refused')
      expect(fake.signals).toHaveLength(0)
      await client.endAsync(true)
    }))

  test("the client id of another log-in neither ends that log-in's connection nor takes its session", () =>
    withBroker(async ({ fake, port, adapter }) => {
      const victim = await connectAs(port, '03', 'same', false)
      await victim.subscribeAsync('v1/linxi/box-03/cmd', { qos: 1 })
      const heard: string[] = []
      const stolen: string[] = []
      victim.on('message', (_topic, payload) => heard.push(payload.toString()))
      const thief = mqtt.connect(`mqtt://127.0.0.1:${port}`, { ...as('04', 'same'), clean: false })
      thief.on('message', (_topic, payload) => stolen.push(payload.toString()))
      const present = await new Promise(resolve => thief.once('connect', ack => resolve(ack.sessionPresent)))
      expect(present).toBe(false)
      await victim.publishAsync('v1/linxi/box-03/alarm', '{"v":1,"eventId":"e9","type":"panic"}', { qos: 1 })
      await adapter.confirmAlarm?.(fake.signals[0]?.sourceId as never, 'e9')
      await until('the box hears', () => heard.length === 1)
      expect([victim.connected, thief.connected, stolen.length]).toEqual([true, true, 0])
      await thief.endAsync(true)
      await victim.endAsync(true)
    }))

  test('a login that invents a client id each time keeps eight sessions, and those of others stay', () =>
    withBroker(async ({ fake, port }) => {
      const present = async (name: '03' | '04', clientId: string) => {
        const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { ...as(name, clientId), clean: false })
        const ack = await new Promise<{ sessionPresent: boolean }>(resolve => client.once('connect', resolve))
        await client.subscribeAsync(`v1/linxi/box-${name}/cmd`, { qos: 1 })
        await client.endAsync()
        return ack.sessionPresent
      }
      await present('04', 'other')
      for (let n = 0; n < 10; n++) expect(await present('03', `s${n}`)).toBe(false)
      expect(fake.rejections.map(r => r.reason)).toEqual(['tooManySessions', 'tooManySessions'])
      expect([await present('04', 'other'), await present('03', 's9'), await present('03', 's2')]).toEqual([
        true,
        true,
        true
      ])
      expect(await present('03', 's1')).toBe(false)
    }))

  test('a fifth connection of one log-in ends the oldest; other log-ins stay', () =>
    withBroker(async ({ fake, port }) => {
      const other = await connectAs(port, '04', 'c0')
      const four = []
      for (let n = 0; n < 4; n++) four.push(await connectAs(port, '03', `c${n}`))
      const [oldest, ...rest] = four
      const closed = new Promise<void>(resolve => oldest?.once('close', () => resolve()))
      const fifth = await connectAs(port, '03', 'c4')
      await closed
      await fifth.publishAsync('v1/linxi/box-03/alarm', '{"v":1,"eventId":"e5","type":"panic"}', { qos: 1 })
      expect(fake.signals).toMatchObject([{ eventId: 'e5' }])
      expect([other, ...rest].map(client => client.connected)).toEqual([true, true, true, true])
      expect(fake.rejections.map(r => r.reason)).toEqual(['tooManyOfLogin'])
      for (const client of [other, fifth, ...four]) await client.endAsync(true)
    }))

  test('a client id that is too long is refused and counted', () =>
    withBroker(async ({ fake, port }) => {
      await expect(connectAs(port, '03', 'x'.repeat(129))).rejects.toThrow()
      expect(fake.rejections.map(r => r.reason)).toContain('clientIdTooLong')
    }))

  test('the last will tells at once that a box is gone', () =>
    withBroker(async ({ fake, port }) => {
      const device = box(port)
      await device.start()
      await until('it is on line', () => fake.sightings.some(s => s.state === 'online'))
      await device.stop(true)
      await until('it is off line', () => fake.sightings.some(s => s.state === 'offline'))
    }))
})

const as = (box: '03' | '04', clientId: string) => ({
  clientId,
  username: `linxi/box-${box}`,
  password: `secret-${box.slice(1)}`,
  reconnectPeriod: 0
})

const connectAs = (port: number, box: '03' | '04', clientId: string, clean = true) =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { ...as(box, clientId), clean }, false)

/** The second device, to prove that a waiting press does not stop others. */
async function publishHeartbeat(port: number): Promise<void> {
  await publish(port, [
    '-u',
    'linxi/box-04',
    '-P',
    'secret-4',
    '-q',
    '0',
    '-t',
    'v1/linxi/box-04/heartbeat',
    '-m',
    '{"v":1}'
  ])
}
