/** MQTT: alarm boxes 报警主机 and one-key buttons 一键通 on the embedded broker. */
import type { AdapterContext, AdapterDefinition } from '../../gateway/core/adapter.ts'
import type { Adapter } from '../../gateway/core/ports.ts'
import { type ClaimRecord, keyOf, newCode } from './claim-code.ts'
import { config, type MqttConfig } from './config.ts'
import { explain } from './explain.ts'
import { runExternal } from './external.ts'
import { createLine, type Line } from './line.ts'
import { runBroker } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'mqtt',
  config,
  newClaim(key, expiresAtMs) {
    const code = newCode()
    const record: ClaimRecord = { source: key, expiresAtMs }
    return { code, storedAs: keyOf(code), secret: JSON.stringify(record) }
  },
  create: (settings, context) => createMqttAdapter(settings as MqttConfig, context)
}

export function createMqttAdapter(settings: MqttConfig, context: AdapterContext): Adapter {
  let line: Line | undefined
  return {
    name: 'mqtt',
    explain,
    heartbeat: { kind: 'connection', troubleMs: settings.offlineTroubleMs },
    async run(host, abort) {
      const here = createLine(settings, host)
      line = here
      const ended = new AbortController()
      const signal = AbortSignal.any([abort, ended.signal])
      const { external, embedded, maxPacketBytes, maxClients: maxDevices } = settings
      const brokers = [
        ...(embedded ? [runBroker(settings, context, host, here, signal)] : []),
        ...(external.url === ''
          ? []
          : [
              runExternal(
                { settings: external, site: context.site, maxPacketBytes, maxDevices, host, line: here },
                signal
              )
            ])
      ]
      try {
        await Promise.all(brokers)
      } finally {
        // One that cannot run takes the other with it: the supervisor starts both again.
        ended.abort()
        await Promise.allSettled(brokers)
        here.stop()
        line = undefined
      }
    },
    async confirmAlarm(sourceId, eventId) {
      if (!line) throw new Error('the broker is not running')
      await line.tell(sourceId, { v: 1, type: 'acknowledged', eventId })
    },
    commandsOf: sourceId => line?.commands.commandsOf(sourceId) ?? [],
    command: async (sourceId, command) => (await line?.commands.command(sourceId, command)) ?? { result: 'offLine' }
  }
}
