/** JT/T 808: taxis and other vehicle terminals over TCP; listener, connection limits, the adapter's outgoing action. */

import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import type { SourceId } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Adapter, AdapterHost } from '../../gateway/core/ports.ts'
import { type Jt808Config, jt808Config } from './config.ts'
import { Terminal, type TerminalContext } from './session.ts'
import { createVehicles, type Vehicles } from './vehicles.ts'

export const definition: AdapterDefinition = {
  name: 'jt808',
  config: jt808Config,
  create: config => new Jt808Adapter(config as Jt808Config)
}

class Jt808Adapter implements Adapter {
  readonly name = 'jt808'
  private readonly config: Jt808Config
  private vehicles: Vehicles | undefined

  constructor(config: Jt808Config) {
    this.config = config
  }

  async run(host: AdapterHost, abort: AbortSignal): Promise<void> {
    if (abort.aborted) return
    const { config } = this
    const vehicles = createVehicles(host, config)
    // Before the first await: what was acknowledged before a crash is confirmed anew while we are still starting.
    this.vehicles = vehicles
    const terminals = new Set<Terminal>()
    const context: TerminalContext = { host, config, vehicles, online: new Map() }
    const server = createServer({ noDelay: true, keepAlive: true }, socket => admit(socket, terminals, context))
    const stopSweep = host.clock.every(Math.min(10_000, config.idleTimeoutMs / 2), () => sweep(terminals, context))
    try {
      const port = await listen(server, config)
      host.listening({ protocol: 'tcp', address: config.address, port, setting: 'adapters.jt808.port' })
      await Promise.race([once(server, 'error').then(([error]) => Promise.reject(error)), aborted(abort)])
    } finally {
      this.vehicles = undefined
      vehicles.close()
      stopSweep()
      await closed(server, terminals)
    }
  }

  /**
   * Sends 0x8203 for the open press, whatever `eventId`: the floor acknowledges the alarm, and a vehicle has one. Rejects when the terminal
   * does not answer in time; it is then sent again with each report.
   */
  async confirmAlarm(sourceId: SourceId, _eventId: string): Promise<void> {
    if (!this.vehicles) throw new Error('the JT/T 808 adapter is not running')
    await this.vehicles.confirm(sourceId)
  }
}

function admit(socket: Socket, terminals: Set<Terminal>, context: TerminalContext): void {
  const { host, config } = context
  const terminal = new Terminal(socket, context)
  const same = [...terminals].filter(other => other.address === terminal.address).length
  if (terminals.size >= config.maxConnections || same >= config.maxConnectionsPerAddress) {
    host.reject('tooManyConnections', terminal.origin)
    socket.destroy()
    return
  }
  terminals.add(terminal)
  socket.once('close', () => terminals.delete(terminal))
  terminal.start()
}

/** Half-open connections and those that send anything but frames. */
function sweep(terminals: Set<Terminal>, { host, config }: TerminalContext): void {
  for (const terminal of terminals) {
    if (host.clock.now() - terminal.lastFrameMs < config.idleTimeoutMs) continue
    host.reject('idle', terminal.origin)
    terminal.close()
  }
}

/** The port, which the system chose when the setting is 0. */
async function listen(server: Server, config: Jt808Config): Promise<number> {
  server.listen(config.port, config.address)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError('PORT_TAKEN', { port: config.port, setting: 'adapters.jt808.port' }, { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address ? address.port : config.port
}

async function closed(server: Server, terminals: ReadonlySet<Terminal>): Promise<void> {
  if (!server.listening) return
  const over = once(server, 'close')
  server.close()
  for (const terminal of terminals) terminal.close()
  await over
}

async function aborted(abort: AbortSignal): Promise<void> {
  if (!abort.aborted) await once(abort, 'abort')
}
