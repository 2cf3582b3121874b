/** For this adapter's tests: the adapter on a free port, and a bare terminal that sends what it is told, byte by byte. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Value } from 'typebox/value'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { FakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { writeBcdTime } from '../kit/bcd.ts'
import { words } from '../kit/terminal-frame.ts'
import { type Jt808Config, jt808Config } from './config.ts'
import { createDeframer, decodeFrame, encodeFrame, type Frame } from './frame.ts'
import { definition } from './index.ts'

export const PHONE = '013900000637'

export async function startAdapter(fake: FakeHost, settings: Partial<Jt808Config> = {}) {
  const config = {
    ...(Value.Default(jt808Config, {}) as Jt808Config),
    address: '127.0.0.1',
    port: 0,
    udpPort: 0,
    ...settings
  }
  const adapter = definition.create(config, { site: 'linxi', assetsDir: '' })
  const abort = new AbortController()
  const before = fake.endpoints.length
  const expected = config.udpPort < 0 ? 1 : 2
  const running = adapter.run(fake.host as AdapterHost, abort.signal)
  const endpoints = await Promise.race([
    until('the listeners', () => fake.endpoints[before + expected - 1] && fake.endpoints.slice(before)),
    running.then(() => undefined)
  ])
  if (!endpoints) throw new Error('the adapter ended')
  const portOf = (protocol: string) => endpoints.find(each => each.protocol === protocol)?.port ?? 0
  const stop = async () => {
    abort.abort()
    await running
  }
  return { adapter, port: portOf('tcp'), udpPort: portOf('udp'), stop }
}

/** A location body: bit, seconds after 2026-11-21 19:12:31 UTC or no fix. */
export function locationBody(emergency: boolean, deviceMs: number, positioned = true): Buffer {
  const body = Buffer.alloc(22)
  body.writeUInt32BE(emergency ? 1 : 0, 0)
  body.writeUInt32BE(positioned ? 3 : 1, 4)
  body.writeUInt32BE(27_033_200, 8)
  body.writeUInt32BE(119_613_500, 12)
  body.writeUInt16BE(420, 18)
  body.writeUInt16BE(90, 20)
  return Buffer.concat([body, writeBcdTime(deviceMs)])
}

export interface RawTerminal {
  send(id: number, body?: Buffer, serial?: number): number
  write(bytes: Buffer): void
  /** The first frame with this id (and, for 0x8001, for this serial) that has not been asked for before. */
  answer(id: number, toSerial?: number): Promise<Frame>
  /** Frames that came and were not asked for. */
  readonly inbox: Frame[]
  register(terminalId?: string): Promise<{ readonly result: number; readonly code: string }>
  authenticate(code: string): Promise<number>
  readonly closed: Promise<void>
  end(): void
}

/** How the bytes of a terminal go and come. */
interface Wire {
  write(bytes: Buffer): void
  readonly closed: Promise<void>
  end(): void
}

/** Connects; `phone` and the header's edition are fixed. */
export async function rawTerminal(port: number, phone = PHONE, v2019 = false): Promise<RawTerminal> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  const wire = { closed, write: (bytes: Buffer) => void socket.write(bytes), end: () => void socket.destroy() }
  return terminalOver(wire, take => socket.on('data', take), phone, v2019)
}

/** The same over UDP, from a port of its own. */
export async function rawUdpTerminal(port: number, phone = PHONE, v2019 = false): Promise<RawTerminal> {
  const socket = createSocket('udp4')
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  let open = true
  const end = () => {
    if (open) socket.close()
    open = false
  }
  const wire = { closed, write: (bytes: Buffer) => socket.send(bytes, port, '127.0.0.1'), end }
  return terminalOver(wire, take => socket.on('message', take), phone, v2019)
}

function terminalOver(
  { write, closed, end }: Wire,
  listen: (take: (bytes: Buffer) => void) => void,
  phone: string,
  v2019: boolean
): RawTerminal {
  const deframer = createDeframer()
  const inbox: Frame[] = []
  let serial = 0
  listen(chunk => {
    for (const candidate of deframer.push(chunk)) {
      const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
      if (frame.ok) inbox.push(frame.value)
    }
  })
  const terminal: RawTerminal = {
    inbox,
    closed,
    write,
    end,
    send(id, body = Buffer.alloc(0), own = ++serial) {
      write(encodeFrame({ id, v2019, phone, serial: own, body }))
      return own
    },
    async answer(id, toSerial) {
      const fits = (frame: Frame) =>
        frame.id === id && (toSerial === undefined || frame.body.readUInt16BE(0) === toSerial)
      const index = await until(`0x${id.toString(16)} for ${toSerial}`, () => {
        const found = inbox.findIndex(fits)
        return found < 0 ? undefined : { found }
      })
      return inbox.splice(index.found, 1)[0] as Frame
    },
    async register(terminalId = '') {
      const named = Buffer.from(terminalId.padEnd(7, '\0'), 'latin1')
      const body = Buffer.concat([words(35, 981), Buffer.alloc(25), named, Buffer.from([2]), Buffer.from('T0637')])
      const frame = await terminal.answer(0x8100, terminal.send(0x0100, body))
      return { result: frame.body.readUInt8(2), code: frame.body.toString('latin1', 3) }
    },
    async authenticate(code) {
      const frame = await terminal.answer(0x8001, terminal.send(0x0102, Buffer.from(code)))
      return frame.body.readUInt8(4)
    }
  }
  return terminal
}

/** A running adapter and terminals that have signed in; what must be ended is added to `cleanups`. */
export async function setUp(cleanups: (() => unknown)[], fake: FakeHost, settings: Partial<Jt808Config> = {}) {
  const gateway = await startAdapter(fake, settings)
  cleanups.push(gateway.stop)
  const signedIn = async () => {
    const terminal = await rawTerminal(gateway.port)
    cleanups.push(terminal.end)
    const { code } = await terminal.register()
    const result = await terminal.authenticate(code)
    if (result !== 0) throw new Error(`the terminal was refused: ${result}`)
    return { ...terminal, code }
  }
  const reasons = () => fake.rejections.map(r => r.reason)
  return { fake, ...gateway, signedIn, reasons }
}
