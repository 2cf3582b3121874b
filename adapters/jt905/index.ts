/** JT/T 905: taxis over TCP and UDP; the listener and the adapter's outgoing action. */
import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import type { SourceId } from '../../gateway/core/brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from '../../gateway/core/device-command.ts'
import type { Adapter, AdapterHost } from '../../gateway/core/ports.ts'
import { createFleetWatch } from '../kit/fleet-watch.ts'
import { createPressAsks, type PressOrder } from '../kit/press-asks.ts'
import { words } from '../kit/terminal-frame.ts'
import { serveTerminals } from '../kit/terminal-listener.ts'
import { trustedList } from '../kit/trusted.ts'
import { createVehicles, type VehicleProtocol, type Vehicles } from '../kit/vehicles.ts'
import { createCommands, type Jt905Commands, photoBody, trackBody } from './commands.ts'
import { type Jt905Config, jt905Config } from './config.ts'
import { explain } from './explain.ts'
import { MAX_ESCAPED } from './frame.ts'
import { createPhotos } from './photos.ts'
import { Isu, type IsuContext } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'jt905',
  config: jt905Config,
  create: config => new Jt905Adapter(config as Jt905Config)
}

/** What our two sources name: the manual confirmation of JT/T 808, and the centre's confirmation and lifting of an alarm, without a body. */
function protocolOf({ confirmMessages }: Jt905Config): VehicleProtocol {
  const ids = confirmMessages.map(name => Number.parseInt(name, 16))
  return {
    protocol: 'jt905',
    confirmations: ids,
    resend: 'untilReleased',
    confirm: (link, alarmSerial, isu) =>
      ids.map(messageId => link.send(messageId, messageId === 0x8203 ? words(alarmSerial, 0, 1) : Buffer.alloc(0), isu))
  }
}

/** Asked of a taxi that has pressed. */
function ordersOf({ trackIntervalS, trackForS, photoChannels }: Jt905Config): readonly PressOrder[] {
  const track = trackIntervalS > 0 ? [{ messageId: 0x8202, body: trackBody(trackIntervalS, trackForS) }] : []
  return [...track, ...photoChannels.map(camera => ({ messageId: 0x8801, body: photoBody(camera), isLarge: true }))]
}

class Jt905Adapter implements Adapter {
  readonly name = 'jt905'
  readonly explain = explain
  readonly latches = true
  readonly heartbeat: Adapter['heartbeat']
  private readonly config: Jt905Config
  private vehicles: Vehicles | undefined
  private commands: Jt905Commands | undefined

  constructor(config: Jt905Config) {
    this.config = config
    this.heartbeat = { kind: 'connection', troubleMs: config.idleTimeoutMs }
  }

  async run(host: AdapterHost, abort: AbortSignal): Promise<void> {
    if (abort.aborted) return
    const { config } = this
    const vehicles = createVehicles(host, config, protocolOf(config))
    const trusted = trustedList(config.trusted, 'adapters.jt905.trusted')
    // Before the first await: what was acknowledged before a crash is confirmed anew while we are still starting.
    this.vehicles = vehicles
    const watch = createFleetWatch(host, { protocol: this.name, silentMs: config.idleTimeoutMs, abort })
    const asks = createPressAsks(host, config.confirmTimeoutMs, ordersOf(config))
    const photos = createPhotos(host, config)
    const context: IsuContext = { host, config, vehicles, asks, photos, trusted, watch, holders: new Map() }
    this.commands = createCommands(context)
    const settings = { ...config, name: this.name, maxEscaped: MAX_ESCAPED }
    try {
      await serveTerminals(host, settings, abort, line => new Isu(line, context))
    } finally {
      this.vehicles = undefined
      this.commands = undefined
      vehicles.close()
      asks.close()
      photos.close()
      await watch.stop()
    }
  }

  /** Sends the confirmation for the open press, whatever `eventId`; it goes out again with each report until the bit is released. */
  async confirmAlarm(sourceId: SourceId, _eventId: string): ReturnType<Vehicles['confirm']> {
    if (!this.vehicles) throw new Error('the JT/T 905 adapter is not running')
    return await this.vehicles.confirm(sourceId)
  }
  commandsOf(sourceId: SourceId): readonly CommandKind[] {
    return this.commands?.commandsOf(sourceId) ?? []
  }

  /** What 0x0001 says, within `confirmTimeoutMs`. */
  async command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer> {
    return (await this.commands?.command(sourceId, command)) ?? { result: 'offLine' }
  }
}
