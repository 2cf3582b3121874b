/** Settings of the SIA DC-09 listener, with their defaults. */
import { type Static, Type } from 'typebox'

export const dc09Config = Type.Object(
  {
    address: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
    port: Type.Integer({ default: 7614, minimum: 0, maximum: 65_535, description: 'TCP port' }),
    udpPort: Type.Integer({ default: 7614, minimum: -1, maximum: 65_535, description: 'UDP port; -1: off' }),
    trusted: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: [],
      maxItems: 1_000,
      description: 'addresses or networks (10.1.0.0/16) of a closed line, whose unencrypted frames count as proven'
    }),
    maxConnections: Type.Integer({
      default: 5_000,
      minimum: 1,
      maximum: 100_000,
      description: 'connections at once, all addresses'
    }),
    maxConnectionsPerAddress: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      description: 'mobile carriers put many boxes behind one address'
    }),
    idleTimeoutMs: Type.Integer({
      default: 300_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'a connection without a valid frame for so long is closed'
    }),
    silentTroubleMs: Type.Integer({
      default: 150_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'a box that sends link tests (every 60 s) and is not heard for so long is a trouble incident'
    }),
    strangersPerMinute: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 10_000,
      description:
        'events taken one by one of an address with unknown accounts, or of an account that proves nothing although it has a key'
    }),
    swingerAlarms: Type.Integer({
      default: 3,
      minimum: 2,
      maximum: 100,
      description:
        'burglary alarms of one zone within a minute until it is only recorded; never for panic, fire, medical, gas'
    }),
    swingerPauseMs: Type.Integer({
      default: 1_800_000,
      minimum: 60_000,
      maximum: 86_400_000,
      description: 'for so long, or until the box is armed anew'
    })
  },
  {
    additionalProperties: false,
    default: {},
    description: 'alarm boxes by SIA DC-09 with Contact ID or SIA events, over TCP and UDP'
  }
)

export type Dc09Config = Readonly<Static<typeof dc09Config>>
