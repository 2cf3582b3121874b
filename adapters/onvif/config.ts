/** Settings of the ONVIF adapter, with their defaults. */
import { type Static, Type } from 'typebox'

const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])'
const IPV4 = `${OCTET}(\\.${OCTET}){3}`
/** Not wider than /16: 65,536 probes take 7 s. */
const PREFIX = '/(1[6-9]|2[0-9]|3[0-2])'

const ms = (value: number, minimum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum: 86_400_000, description })

export const onvifConfig = Type.Object(
  {
    discover: Type.Boolean({
      default: true,
      description: 'look for cameras by multicast and listen for Hello and Bye'
    }),
    addresses: Type.Array(
      Type.String({ pattern: `^(${IPV4}(${PREFIX}|:[0-9]{1,5})?|https?://${IPV4}(:[0-9]{1,5})?/[!-~]*)$` }),
      {
        default: [],
        maxItems: 1000,
        description: 'asked directly: 10.1.2.3, 10.1.2.3:8080, 10.1.2.0/24, or the address of a device service'
      }
    ),
    allow: Type.Array(Type.String({ pattern: `^${IPV4}(/([0-9]|[12][0-9]|3[0-2]))?$` }), {
      default: [],
      maxItems: 1000,
      description:
        'ranges in which found devices are connected to; empty: loopback and the private networks of own cards. `addresses` are always allowed'
    }),
    interfaces: Type.Array(Type.String({ pattern: `^${IPV4}$` }), {
      default: [],
      maxItems: 64,
      description: 'own addresses whose network cards are searched; empty: all'
    }),
    discoveryPort: Type.Integer({
      default: 3702,
      minimum: 1,
      maximum: 65_535,
      description: 'UDP port of WS-Discovery'
    }),
    probeIntervalMs: ms(60_000, 1000, 'how often devices are looked for'),
    probeWindowMs: ms(3_000, 100, 'how long answers to a probe are awaited'),
    missedProbes: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 100,
      description: 'rounds without a sign of life until offline'
    }),
    readIntervalMs: ms(600_000, 1000, 'how often profiles and stream addresses are read again'),
    requestTimeoutMs: ms(10_000, 100, 'one deadline for a whole request, answer included'),
    unauthorizedRetryMs: ms(
      1_800_000,
      60_000,
      'first pause after a refused login, doubled each time: devices lock out'
    ),
    events: Type.Boolean({
      default: true,
      description: 'read motion, digital inputs, tampering and lost video from devices that send events'
    }),
    eventPullMs: ms(15_000, 1000, 'how long a device may wait for news before it answers; those that hang up get less'),
    eventLeaseMs: ms(
      60_000,
      4000,
      'how long a subscription outlives a gateway that has died; some devices have room for one only'
    ),
    parallelReads: Type.Integer({ default: 8, minimum: 1, maximum: 256, description: 'devices read at the same time' }),
    maxDevices: Type.Integer({
      default: 5000,
      minimum: 1,
      maximum: 100_000,
      description: 'devices kept; further ones are counted'
    })
  },
  { additionalProperties: false, default: {}, description: 'Cameras found and read by ONVIF' }
)

export type OnvifConfig = Static<typeof onvifConfig>
