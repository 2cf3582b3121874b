/** SIA DC-09: alarm boxes 报警主机 of shops and villages over TCP and UDP; listeners and their limits. */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import { ConnectionPlaces } from '../../gateway/core/connection-places.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Adapter, AdapterHost } from '../../gateway/core/ports.ts'
import { parseKey } from './cipher-frame.ts'
import { type Dc09Config, dc09Config } from './config.ts'
import { explain } from './explain.ts'
import { createReceiver, type Receiver } from './receiver.ts'
import { Line, serveDatagrams } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'dc09',
  config: dc09Config,
  create: config => createDc09Adapter(config as Dc09Config),
  newSecret: () => randomBytes(16).toString('hex').toUpperCase(),
  secretFault: text =>
    parseKey(text).ok ? undefined : 'an AES key: 32, 48 or 64 hex digits, or 16, 24 or 32 characters'
}

/** What boxes are set to (domain: supervision). */
const LINK_TEST_MS = 60_000

/** A box has no lamp for the operator's acknowledgement: there is no confirmAlarm. */
export function createDc09Adapter(config: Dc09Config): Adapter {
  return {
    name: 'dc09',
    heartbeat: { kind: 'linkTest', everyMs: LINK_TEST_MS, troubleMs: config.silentTroubleMs },
    explain,
    async run(host, abort) {
      if (abort.aborted) return
      const receiver = createReceiver(host, config)
      const lines = new ConnectionPlaces<Line>({
        total: config.maxConnections,
        perAddress: config.maxConnectionsPerAddress
      })
      const server = createServer({ noDelay: true, keepAlive: true }, socket => admit(socket, lines, host, receiver))
      const udp = createSocket(config.address.includes(':') ? 'udp6' : 'udp4')
      const stopSweep = host.clock.every(Math.min(10_000, config.idleTimeoutMs / 2), () => sweep(lines, host, config))
      try {
        const port = await listen(server, config)
        host.expecting?.(config.udpPort >= 0 ? 2 : 1)
        host.listening({ protocol: 'tcp', address: config.address, port, setting: 'adapters.dc09.port' })
        if (config.udpPort >= 0) {
          serveDatagrams(udp, host, receiver)
          const udpPort = await bind(udp, config)
          host.listening({ protocol: 'udp', address: config.address, port: udpPort, setting: 'adapters.dc09.udpPort' })
        }
        const failed = [server, udp].map(each => once(each, 'error').then(([error]) => Promise.reject(error)))
        await Promise.race([...failed, aborted(abort)])
      } finally {
        receiver.stop()
        stopSweep()
        await Promise.all([closed(server, lines), new Promise<void>(resolve => udp.close(() => resolve()))])
      }
    }
  }
}

function admit(socket: Socket, lines: ConnectionPlaces<Line>, host: AdapterHost, receiver: Receiver): void {
  const line = new Line(socket, host, receiver)
  const { taken, displaced } = lines.take(line)
  if (!taken) {
    host.reject('tooManyConnections', line.origin)
    socket.on('error', () => {})
    socket.destroy()
    return
  }
  if (displaced) {
    host.reject('displaced', displaced.origin)
    displaced.close()
  }
  socket.once('close', () => lines.leave(line))
  line.start()
}

/** Half-open connections and those that send anything but frames. */
function sweep(lines: Iterable<Line>, host: AdapterHost, config: Dc09Config): void {
  for (const line of lines) {
    if (host.clock.steady() - line.lastFrameMs < config.idleTimeoutMs) continue
    host.reject('idle', line.origin)
    line.close()
  }
}

/** The port, which the system chose when the setting is 0. */
async function listen(server: Server, config: Dc09Config): Promise<number> {
  server.listen({ port: config.port, host: config.address, backlog: 1_024 })
  await listening(server, config.port, 'adapters.dc09.port')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : config.port
}

async function bind(socket: UdpSocket, config: Dc09Config): Promise<number> {
  socket.bind(config.udpPort, config.address)
  await listening(socket, config.udpPort, 'adapters.dc09.udpPort')
  return socket.address().port
}

async function listening(socket: Server | UdpSocket, port: number, setting: string): Promise<void> {
  try {
    await once(socket, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
  }
}

async function closed(server: Server, lines: Iterable<Line>): Promise<void> {
  if (!server.listening) return
  const over = once(server, 'close')
  server.close()
  for (const line of lines) line.close()
  await over
}

async function aborted(abort: AbortSignal): Promise<void> {
  if (!abort.aborted) await once(abort, 'abort')
}
