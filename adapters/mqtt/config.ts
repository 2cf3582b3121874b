/** Settings of the MQTT adapter: the embedded broker that alarm boxes and buttons connect to. */
import Type, { type Static } from 'typebox'

const external = Type.Object(
  {
    url: Type.String({
      default: '',
      pattern: '^(mqtts?://[^/@\\s]+)?$',
      description: "mqtt://HOST:1883 or mqtts://HOST:8883 of a broker beside or instead of the embedded one; '': none"
    }),
    clientId: Type.String({
      default: '',
      maxLength: 64,
      description: "names the session that the broker keeps for us; '': pingan- and the site's code"
    }),
    credential: Type.String({
      default: 'broker',
      minLength: 1,
      maxLength: 64,
      description: 'our log-in there: add-device mqtt broker --username … --password-file …'
    }),
    caFile: Type.String({ default: '', description: "PEM of who signed the broker's certificate; '': the system's" }),
    silentMs: Type.Integer({
      default: 150_000,
      minimum: 10_000,
      maximum: 86_400_000,
      description: 'a device behind it whose heartbeats stop for this long counts as away'
    })
  },
  { additionalProperties: false, default: {}, description: 'an external broker, e.g. mosquitto' }
)

const claim = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'boxes may claim a log-in with a code of add-claim' }),
    allowPlain: Type.Boolean({
      default: false,
      description: 'also without TLS: only where nobody else can listen, since the log-in is told'
    }),
    perAddress: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 1_000,
      description: 'attempts a minute of an address'
    }),
    perMinute: Type.Integer({ default: 30, minimum: 1, maximum: 10_000, description: 'attempts a minute of all' })
  },
  { additionalProperties: false, default: {}, description: 'log-ins for new boxes, on the embedded broker' }
)

export type ClaimSettings = Static<typeof claim>
export type ExternalBroker = Static<typeof external>

export const config = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'false: not started' }),
    address: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
    port: Type.Integer({
      default: 1883,
      minimum: 0,
      maximum: 65_535,
      description: 'MQTT 3.1.1 over TCP; 0 takes a free one'
    }),
    tlsPort: Type.Integer({ default: 8883, minimum: -1, maximum: 65_535, description: 'the same over TLS; -1: off' }),
    maxClients: Type.Integer({
      default: 20_000,
      minimum: 1,
      maximum: 200_000,
      description: 'connections at once, all addresses'
    }),
    maxPerAddress: Type.Integer({
      default: 2_000,
      minimum: 1,
      maximum: 200_000,
      description: 'connections at once from one address'
    }),
    maxPacketBytes: Type.Integer({
      default: 16_384,
      minimum: 1_024,
      maximum: 1_048_576,
      description: 'a larger packet closes its connection'
    }),
    offlineTroubleMs: Type.Integer({
      default: 45_000,
      minimum: 1_000,
      maximum: 86_400_000,
      description: 'a source that is offline for this long is a trouble incident'
    }),
    embedded: Type.Boolean({ default: true, description: 'the broker inside the gateway; false: external only' }),
    external,
    claim,
    commandAnswerMs: Type.Integer({
      default: 10_000,
      minimum: 1_000,
      maximum: 60_000,
      description: 'how long an order (siren, relay, arm, disarm) waits for the result of the box'
    })
  },
  { additionalProperties: false, default: {}, description: 'Alarm boxes and buttons on the embedded MQTT broker' }
)

export type MqttConfig = Static<typeof config>
