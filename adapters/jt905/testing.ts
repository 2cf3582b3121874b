/** For this adapter's tests: the adapter on free ports, and a bare unit that sends what it is told, over TCP or UDP. */
import { Value } from 'typebox/value'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createFakeHost, type FakeHost, type FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { writeBcdTime } from '../kit/bcd.ts'
import { tcpWire, udpWire } from '../kit/simulated-wire.ts'
import { type Jt905Config, jt905Config } from './config.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { definition } from './index.ts'

export const ISU = '108000000316'

export async function startAdapter(fake: FakeHost, settings: Partial<Jt905Config> = {}) {
  const defaults = Value.Default(jt905Config, {}) as Jt905Config
  const config = { ...defaults, address: '127.0.0.1', port: 0, udpPort: 0, ...settings }
  const adapter = definition.create(config, { site: 'linxi', assetsDir: '' })
  const abort = new AbortController()
  const before = fake.endpoints.length
  const running = adapter.run(fake.host as AdapterHost, abort.signal)
  const ended = running.then(() => {
    throw new Error('the adapter ended')
  })
  const listening = until('the listeners', () => fake.endpoints[before + 1] && fake.endpoints.slice(before))
  const endpoints = await Promise.race([listening, ended])
  ended.catch(() => undefined)
  const stop = async () => {
    abort.abort()
    await running
  }
  const portOf = (protocol: string) => endpoints.find(each => each.protocol === protocol)?.port ?? 0
  return { adapter, ports: { tcp: portOf('tcp'), udp: portOf('udp') }, stop }
}

/** Alarm word, status word, place, 42 km/h eastwards, time. */
export function locationBody(emergency: boolean, deviceMs: number, status = 0x100): Buffer {
  const body = Buffer.alloc(19)
  body.writeUInt32BE(emergency ? 1 : 0, 0)
  body.writeUInt32BE(status, 4)
  body.writeUInt32BE(27.0332 * 600_000, 8)
  body.writeUInt32BE(119.6135 * 600_000, 12)
  body.writeUInt16BE(420, 16)
  body.writeUInt8(45, 18)
  return Buffer.concat([body, writeBcdTime(deviceMs)])
}

export interface RawUnit {
  send(id: number, body?: Buffer, serial?: number): number
  write(bytes: Buffer): void
  /** The first frame with this id (and, for 0x8001, for this serial) that has not been asked for before. */
  answer(id: number, toSerial?: number): Promise<Frame>
  /** Frames that came and were not asked for. */
  readonly inbox: Frame[]
  drop(): void
}

export async function rawUnit(transport: 'tcp' | 'udp', port: number, isu = ISU): Promise<RawUnit> {
  const wire = (transport === 'udp' ? udpWire : tcpWire)('127.0.0.1', port)
  const deframer = createDeframer()
  const inbox: Frame[] = []
  await new Promise<void>(resolve =>
    wire.start({
      connected: resolve,
      bytes: chunk => {
        for (const candidate of deframer.push(chunk)) {
          const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
          if (frame.ok) inbox.push(frame.value)
        }
      },
      closed: () => undefined
    })
  )
  let serial = 0
  return {
    inbox,
    write: bytes => wire.write(bytes),
    drop: () => wire.drop(),
    send(id, body = Buffer.alloc(0), own = ++serial) {
      wire.write(encodeFrame({ id, isu, serial: own, body }))
      return own
    },
    async answer(id, toSerial) {
      const fits = (frame: Frame) =>
        frame.id === id && (toSerial === undefined || frame.body.readUInt16BE(0) === toSerial)
      const { found } = await until(`0x${id.toString(16)} for ${toSerial}`, () => {
        const index = inbox.findIndex(fits)
        return index < 0 ? undefined : { found: index }
      })
      return inbox.splice(found, 1)[0] as Frame
    }
  }
}

/** A running adapter and units that speak to it; what must be ended is added to `cleanups`. */
export async function setUp(
  cleanups: (() => unknown)[],
  settings: Partial<Jt905Config> = {},
  options: FakeHostOptions = {}
) {
  const fake = createFakeHost(options)
  const gateway = await startAdapter(fake, settings)
  cleanups.push(gateway.stop)
  const unit = async (transport: 'tcp' | 'udp' = 'tcp', isu = ISU) => {
    const one = await rawUnit(transport, gateway.ports[transport], isu)
    cleanups.push(() => one.drop())
    return one
  }
  return { fake, ...gateway, unit, reasons: () => fake.rejections.map(({ reason }) => reason) }
}
