/** The telephone adapter's settings, key `adapters.sip` of the configuration. */
import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false }
const port = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: value, description })
const count = (value: number, description: string) => Type.Integer({ minimum: 1, default: value, description })
const ms = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 86_400_000, default: value, description })

const trunk = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'Shown in diagnostics and sightings.' }),
    address: Type.Optional(
      Type.String({
        minLength: 2,
        description: 'IP address the exchange sends from, not a name; alone it is trusted without further proof.'
      })
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'Source port over UDP, and the port we call; left out: any, and 5060 or 5061.'
      })
    ),
    transport: Type.Optional(
      Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')], {
        description: 'How we call it; left out: udp. It may call us by any.'
      })
    ),
    certificate: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$',
        description:
          'SHA-256 fingerprint of the certificate it shows over TLS: only such connections are this exchange.'
      })
    ),
    login: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Log-in name by which it answers our challenge: only such calls are this exchange.'
      })
    ),
    askEveryS: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 3_600,
        description:
          'It is asked so often whether it lives (OPTIONS); three questions unanswered are a trouble incident.'
      })
    ),
    mediaAddresses: Type.Optional(
      Type.Array(Type.String(), { description: 'Other hosts of this exchange that voice may be sent to.' })
    ),
    maxPlaced: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 500,
        description: 'Calls we may place through it at once; left out: none. Its log-in is the credential trunk/<name>.'
      })
    ),
    dialPrefix: Type.Optional(
      Type.String({ pattern: '^[0-9*#+]{1,10}$', description: 'Dialled before every number, to get an outside line.' })
    )
  },
  { ...closed, minProperties: 2 }
)

const serviceNumber = Type.Object(
  {
    number: Type.String({ pattern: '^[0-9*#A-Da-d]{1,20}$', description: 'As dialled.' }),
    kind: Type.Union(
      [
        Type.Literal('panicPhone'),
        Type.Literal('oneKeyCall'),
        Type.Literal('taxiLine'),
        Type.Literal('testCall'),
        Type.Literal('detector'),
        Type.Literal('arming')
      ],
      {
        description:
          'panicPhone raises panic, oneKeyCall raises help, taxiLine is the 24-hour line of drivers and raises help, testCall is 试拨: logged, never an alarm; a grid worker may dial his code (1–8 digits) after it; detector is for diallers that report Contact ID in tones, arming for 布防 and 撤防 with a secret number.'
      }
    ),
    raises: Type.Optional(
      Type.Union(
        [
          Type.Literal('panic'),
          Type.Literal('help'),
          Type.Literal('medical'),
          Type.Literal('fire'),
          Type.Literal('intrusion')
        ],
        { description: 'Another class than its kind raises: a number for fires.' }
      )
    )
  },
  closed
)

const digit = Type.Object(
  {
    digit: Type.String({ pattern: '^[0-9*#A-D]$', description: 'The key.' }),
    raises: Type.Union([Type.Literal('panic'), Type.Literal('medical'), Type.Literal('fire'), Type.Literal('duress')], {
      description: 'panic is the police; duress is silent.'
    })
  },
  closed
)

export const sipConfig = Type.Object(
  {
    address: Type.String({ default: '0.0.0.0', description: 'Address to listen on.' }),
    port: port(5060, 'UDP port, and TCP port; 0 takes any free one.'),
    tcp: Type.Boolean({ default: true, description: 'Also over TCP.' }),
    tlsPort: Type.Integer({ default: 5061, minimum: -1, maximum: 65_535, description: 'Over TLS; -1: off.' }),
    wsPort: Type.Integer({
      default: -1,
      minimum: -1,
      maximum: 65_535,
      description: 'Over WebSocket, with and without TLS, for telephones in browsers; 0 takes any free one, -1: off.'
    }),
    wsOrigins: Type.Array(Type.String({ pattern: '^https?://[^/\\s]{1,255}$' }), {
      default: [],
      maxItems: 32,
      description: 'Pages other than ours that may telephone so, as https://name:port.'
    }),
    advertisedAddress: Type.String({
      default: '',
      description: 'Address told to telephones; empty: the one of the network card that reaches them.'
    }),
    realm: Type.String({ minLength: 1, default: 'pingan', description: 'Realm of the digest challenge.' }),
    digestAlgorithms: Type.Array(Type.Union([Type.Literal('MD5'), Type.Literal('SHA-256')]), {
      minItems: 1,
      default: ['MD5', 'SHA-256'],
      description: 'Offered in this order. Many telephones read the first challenge only, and only MD5.'
    }),
    serviceNumbers: Type.Array(serviceNumber, {
      default: [
        { number: '#9', kind: 'panicPhone' },
        { number: '*9', kind: 'panicPhone' },
        { number: '12349', kind: 'oneKeyCall' },
        { number: '*123', kind: 'testCall' },
        { number: '*124', kind: 'detector' },
        { number: '*125', kind: 'arming' }
      ],
      description: 'Numbers that we answer.'
    }),
    digits: Type.Array(digit, {
      default: [
        { digit: '1', raises: 'panic' },
        { digit: '2', raises: 'medical' },
        { digit: '3', raises: 'fire' },
        { digit: '9', raises: 'duress' }
      ],
      description: 'Keys pressed in a call; 9 gives no sign. menu.zh names them aloud: change both.'
    }),
    localPrefixes: Type.Array(Type.String({ pattern: '^[0-9]{1,10}$' }), {
      default: [],
      description: 'Country and area codes cut from callers, so that +86 593 6650147 is 6650147 of the registry.'
    }),
    trunks: Type.Array(trunk, {
      default: [],
      description: 'Exchanges, trusted by address, certificate or log-in; only their P-Asserted-Identity counts.'
    }),
    ringMs: ms(2_000, 'How long a call rings before it is answered.'),
    ringLimitMs: ms(180_000, 'A call that cannot be answered (no voice channel free) is ended after this.'),
    callLimitMs: ms(600_000, 'An answered call is ended after this.'),
    prompt: Type.String({
      default: 'help-coming.zh.alaw',
      description: 'Spoken answer: A-law, 8 kHz, raw; a file of adapters/sip/prompts or an absolute path.'
    }),
    ownPrompts: Type.String({
      default: '',
      description:
        'Absolute folder of your own spoken pieces, <name>.alaw: each stands before the shipped one of its name; household-<id>.alaw says who and where.'
    }),
    callingNumber: Type.String({
      pattern: '^[0-9A-Za-z*#+]{1,32}$',
      default: 'pingan',
      description: 'Our own number, shown by telephones that we ring.'
    }),
    promptPauseMs: ms(5_000, 'Silence before the prompt is spoken again.'),
    maxConnections: count(4_000, 'TCP and TLS connections at once; a tenth of them is kept for the exchanges.'),
    maxConnectionsPerAddress: count(64, 'The same of one unlisted address.'),
    connectionIdleMs: ms(900_000, 'A connection on which nothing came for this long is closed.'),
    maxCalls: count(20_000, 'Calls held at once; the alarm of a further one is raised, its call is refused as busy.'),
    maxVoiceCalls: count(200, 'Calls with voice at once; further ones ring on with their alarm raised.'),
    registrar: Type.Object(
      {
        minExpiresS: count(60, 'A shorter registration is refused (423).'),
        maxExpiresS: count(3_600, 'A longer one is shortened.'),
        maxContacts: count(5, 'Places of one number at once; the longest unheard makes room.'),
        offlineTroubleMs: ms(60_000, 'A telephone whose registration ran out for this long is a trouble incident.')
      },
      { ...closed, default: {}, description: 'Registration of telephones that have a log-in.' }
    ),
    srtp: Type.Union([Type.Literal('optional'), Type.Literal('required'), Type.Literal('off')], {
      default: 'optional',
      description:
        'Voice of calls over TLS: optional seals it where the far end can, required answers no other call (its alarm is raised), off never. Over UDP and TCP it is in clear, since its keys would be.'
    }),
    rtpPorts: Type.Object(
      {
        from: port(40_000, 'First UDP port of voice; 0 takes free ones.'),
        to: port(40_799, 'Last UDP port of voice.')
      },
      { ...closed, default: {}, description: 'One even port a call.' }
    ),
    recording: Type.Object(
      {
        enabled: Type.Boolean({
          default: true,
          description: 'What callers say is recorded from the first packet, as evidence of their incident.'
        }),
        minFreeMb: count(500, 'With less room on the disk of the evidence nothing is recorded; the calls go on.')
      },
      { ...closed, default: {}, description: 'The voice of callers.' }
    ),
    hearPort: Type.Integer({
      minimum: -1,
      maximum: 65_535,
      default: 8090,
      description: 'Port where consoles hear open calls, with and without TLS; 0 takes any free one, -1: nobody hears.'
    }),
    webrtc: Type.Object(
      {
        enabled: Type.Boolean({
          default: true,
          description: 'Operators speak by WebRTC where UDP reaches us, else by WebSocket as when this is off.'
        }),
        addresses: Type.Array(Type.String({ minLength: 2, maxLength: 45 }), {
          default: [],
          maxItems: 4,
          description: 'IP addresses of this machine that browsers are told; empty: the one they reached it at.'
        }),
        giveUpMs: Type.Integer({
          minimum: 500,
          maximum: 60_000,
          default: 2_000,
          description: 'Not connected for so long, or nothing more heard: the WebSocket carries the voice.'
        }),
        ports: Type.Object(
          {
            from: port(41_000, 'First UDP port; 0 takes free ones.'),
            to: port(41_031, 'Last UDP port; one for each operator who speaks, open only while he does.')
          },
          { ...closed, default: {}, description: 'UDP ports of WebRTC.' }
        )
      },
      { ...closed, default: {}, description: 'The operator in a call-back, encrypted from browser to gateway.' }
    ),
    proofWaitMs: ms(
      500,
      'A telephone with a log-in has this long to prove itself before its press is raised as unverified.'
    ),
    budgets: Type.Object(
      {
        unknownDatagramsPerS: count(
          50,
          'Messages of one unlisted address, before parsing; over a connection they wait.'
        ),
        trunkDatagramsPerS: count(20_000, 'Messages of one trunk, before parsing.'),
        unknownPressesPerMinute: count(6, 'Presses of unproven callers of one address; further ones are counted.'),
        allUnknownPressesPerMinute: count(300, 'The same over all unlisted addresses: source addresses can be forged.')
      },
      { ...closed, default: {}, description: 'Bounds against floods.' }
    )
  },
  { ...closed, default: {}, description: 'Telephones: #9, one-key calls, by SIP over UDP, TCP, TLS and WebSocket' }
)

export type SipConfig = Static<typeof sipConfig>
/** With what the installation adds. */
export interface SipSettings extends SipConfig {
  /** Folder of the prompts that come with the program. */
  readonly shippedPrompts: string
}
export type Trunk = Static<typeof trunk>
export type ServiceNumber = Static<typeof serviceNumber>
