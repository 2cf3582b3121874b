/** What a device's message means, whichever broker it came by: alarms go to the journal, orders to whichever broker reaches the device. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { type Commands, createCommands } from './commands.ts'
import type { MqttConfig } from './config.ts'
import { decode, sourceIdOf } from './decode.ts'
import { traceBytes } from './explain.ts'
import { formatTopic, type Topic } from './frame.ts'
import { createPositions } from './position.ts'
import { createPresence, type Presence } from './presence.ts'

/** One way to devices: the embedded broker, or one outside. */
export interface Link {
  reaches(sourceId: SourceId): boolean
  /** QoS 0 is for now only; QoS 1 the broker may keep for the device. */
  send(sourceId: SourceId, payload: object, qos: 0 | 1): Promise<void>
}

export interface Line {
  readonly presence: Presence
  readonly commands: Commands
  join(link: Link): void
  /** An alarm, restore, position, info or result; resolves when what must be durable is, and only then the sender may be acknowledged. */
  report(topic: Topic, payload: Uint8Array, origin: string): Promise<void>
  /** Word to a device that is connected; rejects when none of the brokers reaches it. */
  tell(sourceId: SourceId, payload: object): Promise<void>
  stop(): void
}

export function createLine(settings: MqttConfig, host: AdapterHost): Line {
  const links: Link[] = []
  const linkOf = (sourceId: SourceId) => links.find(link => link.reaches(sourceId))
  const send = async (sourceId: SourceId, payload: object, qos: 0 | 1): Promise<void> => {
    const link = linkOf(sourceId)
    if (!link) throw new Error('the device is not connected')
    const [site = '', source = ''] = sourceId.slice('mqtt:'.length).split('/')
    const bytes = traceBytes(formatTopic({ site, source, kind: 'cmd' }), Buffer.from(JSON.stringify(payload)))
    host.trace?.({ source: sourceId, origin: 'gateway', bytes, out: true })
    await link.send(sourceId, payload, qos)
  }
  const presence = createPresence(host, settings.offlineTroubleMs, settings.maxClients)
  const outlet = {
    connected: (sourceId: SourceId) => linkOf(sourceId) !== undefined,
    send: (sourceId: SourceId, payload: object) => send(sourceId, payload, 0)
  }
  const positions = createPositions(host)
  const commands = createCommands(host, outlet, settings.commandAnswerMs)
  return {
    ...{ presence, commands },
    join: link => void links.push(link),
    async report(topic, payload, origin) {
      const [source, bytes] = [sourceIdOf(topic), traceBytes(formatTopic(topic), payload)]
      if (topic.kind !== 'alarm' && topic.kind !== 'restore')
        host.trace?.({ source, origin, bytes, moves: topic.kind === 'position' })
      if (topic.kind === 'info') return commands.info(sourceIdOf(topic), origin, payload)
      if (topic.kind === 'position') return positions.take(sourceIdOf(topic), origin, payload)
      if (topic.kind === 'result') return commands.result(sourceIdOf(topic), origin, payload)
      const { signal, fault } = decode({ topic, payload, receivedTimeMs: host.clock.now(), origin })
      if (fault) host.reject(fault.reason, origin, fault.detail)
      host.trace?.({ source, origin, bytes, fault: fault?.reason })
      await host.accept(signal)
    },
    tell: (sourceId, payload) => send(sourceId, payload, 1),
    stop() {
      presence.stop()
      commands.stop()
    }
  }
}
