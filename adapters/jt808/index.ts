/** JT/T 808: taxis and other vehicle terminals over TCP and UDP; the listener and the adapter's outgoing action. */

import type { AdapterDefinition } from '../../gateway/core/adapter.ts'
import type { SourceId } from '../../gateway/core/brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from '../../gateway/core/device-command.ts'
import type { Adapter, AdapterHost, VideoOrder } from '../../gateway/core/ports.ts'
import { createFleetWatch } from '../kit/fleet-watch.ts'
import { createHeldAnswers } from '../kit/held-answers.ts'
import { createPersonalLocators } from '../kit/personal-locator.ts'
import { words } from '../kit/terminal-frame.ts'
import { serveTerminals } from '../kit/terminal-listener.ts'
import { createVehicles, type VehicleProtocol, type Vehicles } from '../kit/vehicles.ts'
import { createAccidents } from './accidents.ts'
import { createCommands, type Jt808Commands } from './commands.ts'
import { type Jt808Config, jt808Config } from './config.ts'
import type { TerminalContext } from './context.ts'
import { explain } from './explain.ts'
import { MAX_ESCAPED } from './frame.ts'
import { createOrders } from './orders.ts'
import { createPhotos } from './photos.ts'
import { Terminal } from './session.ts'

/** 0x8203: alarm serial, then the alarm type as a double word, bit 0 the emergency. */
const PROTOCOL: VehicleProtocol = {
  protocol: 'jt808',
  confirmations: [0x8203],
  resend: 'untilAnswered',
  confirm: (link, alarmSerial) => [link.send(0x8203, words(alarmSerial, 0, 1))]
}

export const definition: AdapterDefinition = {
  name: 'jt808',
  config: jt808Config,
  create: config => new Jt808Adapter(config as Jt808Config)
}

class Jt808Adapter implements Adapter {
  readonly name = 'jt808'
  readonly explain = explain
  readonly latches = true
  readonly heartbeat: Adapter['heartbeat']
  private readonly config: Jt808Config
  private vehicles: Vehicles | undefined
  private commands: Jt808Commands | undefined

  constructor(config: Jt808Config) {
    this.config = config
    this.heartbeat = { kind: 'connection', troubleMs: config.idleTimeoutMs }
  }

  async run(host: AdapterHost, abort: AbortSignal): Promise<void> {
    if (abort.aborted) return
    const { config } = this
    const vehicles = createVehicles(host, config, PROTOCOL)
    // Before the first await: what was acknowledged before a crash is confirmed anew while we are still starting.
    this.vehicles = vehicles
    const orders = createOrders(host, config)
    const photos = createPhotos(host, config)
    const answers = createHeldAnswers(host.clock)
    const watch = createFleetWatch(host, { protocol: this.name, silentMs: config.idleTimeoutMs, abort })
    const persons = createPersonalLocators(host, this.name, config)
    const accidents = createAccidents(host, config)
    const context: TerminalContext = {
      ...{ host, config, vehicles, persons, accidents, orders, photos, answers, watch },
      online: new Map()
    }
    this.commands = createCommands(context)
    const settings = { ...config, name: this.name, maxEscaped: MAX_ESCAPED }
    try {
      await serveTerminals(host, settings, abort, line => new Terminal(line, context))
    } finally {
      this.vehicles = undefined
      this.commands = undefined
      vehicles.close()
      orders.close()
      photos.close()
      answers.close()
      await watch.stop()
    }
  }

  /**
   * Sends 0x8203 for the open press, whatever `eventId`: the floor acknowledges the alarm, and a vehicle has one. Rejects when the terminal
   * does not answer in time; it is then sent again with each report.
   */
  async confirmAlarm(sourceId: SourceId, _eventId: string): ReturnType<Vehicles['confirm']> {
    if (!this.vehicles) throw new Error('the JT/T 808 adapter is not running')
    return await this.vehicles.confirm(sourceId)
  }
  commandsOf(sourceId: SourceId): readonly CommandKind[] {
    return this.commands?.commandsOf(sourceId) ?? []
  }

  /** What 0x0001 says, within `confirmTimeoutMs`. */
  async command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer> {
    return (await this.commands?.command(sourceId, command)) ?? { result: 'offLine' }
  }
  async video(sourceId: SourceId, order: VideoOrder): Promise<CommandAnswer> {
    return (await this.commands?.video(sourceId, order)) ?? { result: 'offLine' }
  }
}
