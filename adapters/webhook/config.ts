/** Settings of the webhook intake, with their defaults. */
import { type Static, Type } from 'typebox'

export const webhookConfig = Type.Object(
  {
    address: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
    port: Type.Integer({ default: 7616, minimum: 0, maximum: 65_535, description: 'HTTP port; 0 takes a free one' }),
    tlsPort: Type.Integer({ default: 7617, minimum: -1, maximum: 65_535, description: 'the same over HTTPS; -1: off' }),
    maxConnections: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 100_000,
      description: 'connections at once, all addresses'
    }),
    maxConnectionsPerAddress: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 100_000,
      description: 'connections at once from one address'
    }),
    requestsPerMinute: Type.Integer({
      default: 1_200,
      minimum: 1,
      maximum: 1_000_000,
      description: 'requests of one address; a further one is told to come again (429)'
    }),
    silentTroubleMs: Type.Integer({
      default: 300_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'a source that sends heartbeats (every 120 s) and is not heard for so long is a trouble incident'
    }),
    requestTimeoutMs: Type.Integer({
      default: 10_000,
      minimum: 1_000,
      maximum: 120_000,
      description: 'a request must be there in full within this time'
    })
  },
  { additionalProperties: false, default: {}, description: 'signed HTTP POSTs of what speaks no alarm protocol' }
)

export type WebhookConfig = Readonly<Static<typeof webhookConfig>>
