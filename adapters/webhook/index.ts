/** Webhooks: signed HTTP POSTs of platforms and scripts that speak neither MQTT nor SIA DC-09; the listeners. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AdapterContext, AdapterDefinition } from '../../gateway/core/adapter.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { Adapter } from '../../gateway/core/ports.ts'
import { type WebhookConfig, webhookConfig } from './config.ts'
import { explain } from './explain.ts'
import { createIntake, openServers } from './session.ts'

export const definition: AdapterDefinition = {
  name: 'webhook',
  config: webhookConfig,
  create: (config, context) => createWebhookAdapter(config as WebhookConfig, context),
  // Hex: it passes through any shell and any `openssl -hmac` as it is.
  newSecret: () => randomBytes(32).toString('hex'),
  secretFault: text => (/^[\x21-\x7e]{24,256}$/.test(text) ? undefined : '24 to 256 ASCII characters without spaces')
}

/** What senders that can are told to do (domain: supervision). */
const HEARTBEAT_MS = 120_000

/** Nobody listens at the other end: there is no confirmAlarm. */
export function createWebhookAdapter(config: WebhookConfig, context: AdapterContext): Adapter {
  return {
    name: 'webhook',
    heartbeat: { kind: 'linkTest', everyMs: HEARTBEAT_MS, troubleMs: config.silentTroubleMs },
    explain,
    async run(host, abort) {
      if (abort.aborted) return
      const intake = createIntake(config, host)
      const { servers, close } = openServers(config, context.tls, host, intake.take)
      try {
        host.expecting?.(servers.length)
        for (const { server, protocol, port, setting } of servers) {
          const bound = await listen(server, config.address, port, setting)
          host.listening({ protocol, address: config.address, port: bound, setting })
        }
        const failed = servers.map(({ server }) => once(server, 'error').then(([error]) => Promise.reject(error)))
        await Promise.race([...failed, abort.aborted ? undefined : once(abort, 'abort')])
      } finally {
        intake.stop()
        await close()
      }
    }
  }
}

/** The port, which the system chose when the setting is 0. */
async function listen(server: Server, address: string, port: number, setting: string): Promise<number> {
  server.listen({ port, host: address, backlog: 1_024 })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
  }
  const bound = server.address()
  return typeof bound === 'object' && bound ? bound.port : port
}
