/** MQTT: alarm boxes 报警主机 and one-key buttons 一键通 on the embedded broker. */
import type { AdapterContext, AdapterDefinition } from '../../gateway/core/adapter.ts'
import type { Adapter } from '../../gateway/core/ports.ts'
import { config, type MqttConfig } from './config.ts'
import { runBroker, type Session } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'mqtt',
  config,
  create: (settings, context) => createMqttAdapter(settings as MqttConfig, context)
}

export function createMqttAdapter(settings: MqttConfig, context: AdapterContext): Adapter {
  let session: Session | undefined
  return {
    name: 'mqtt',
    heartbeat: { kind: 'connection', troubleMs: settings.offlineTroubleMs },
    async run(host, abort) {
      try {
        await runBroker(settings, context, host, abort, ready => {
          session = ready
        })
      } finally {
        session = undefined
      }
    },
    async confirmAlarm(sourceId, eventId) {
      if (!session) throw new Error('the broker is not running')
      await session.tell(sourceId, { v: 1, type: 'acknowledged', eventId })
    },
    commandsOf: sourceId => session?.commands.commandsOf(sourceId) ?? [],
    command: async (sourceId, command) => (await session?.commands.command(sourceId, command)) ?? { result: 'offLine' }
  }
}
