/** Settings of what goes to other systems 外发; a sink's secret is no setting: it stands with the log-ins of devices. */
import { Type } from 'typebox'
import { CAP_SCOPES, CAP_STATUSES, CONTACT_TELLS, SINK_FORMATS } from '../core/outwards.ts'
import { ALARM_CLASSES } from '../core/signal.ts'

const DAY_MS = 86_400_000
const BYTE = '(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])'
const one = <T extends string>(values: readonly T[], value: T, description: string) =>
  Type.Union(
    values.map(each => Type.Literal(each)),
    { default: value, description }
  )
const Words = (description: string, maxLength: number) => Type.String({ default: '', maxLength, description })
const whole = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description })

const sink = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
      description: 'short name; the secret is stored under it'
    }),
    url: Type.String({
      pattern: '^https?://[^\\s@]+$',
      maxLength: 500,
      description: 'http or https, without a log-in'
    }),
    enabled: Type.Boolean({ default: true, description: 'false: it is told nothing' }),
    format: one(
      SINK_FORMATS,
      'json',
      'json: webhook; cap: CAP 1.2; contacts: each contact of a household who agreed, one message each'
    ),
    scope: one(CAP_SCOPES, 'private', 'CAP: private needs addresses, restricted a restriction'),
    addresses: Type.Array(Type.String({ pattern: '^[^"\\u0000-\\u001f]{1,100}$' }), {
      default: [],
      maxItems: 50,
      description: 'CAP: who a private message is for'
    }),
    restriction: Words('CAP: the rule that limits a restricted message', 200),
    status: one(CAP_STATUSES, 'actual', 'a simulated town always sends exercises'),
    tell: one(
      CONTACT_TELLS,
      'opened',
      'contacts: opened: incidents.contacts.afterMs after the alarm; unheard: whom the automatic call did not reach'
    ),
    personal: Type.Boolean({ default: false, description: 'with name, address, telephone and exact place' }),
    lowestPriority: Type.Union(
      ([1, 2, 3, 4, 5] as const).map(each => Type.Literal(each)),
      { default: 4, description: 'incidents down to this priority' }
    ),
    classes: Type.Array(Type.Union(ALARM_CLASSES.map(each => Type.Literal(each))), {
      default: [],
      description: 'only incidents of these classes; empty: all, of contacts fence and incidents.contacts.classes'
    })
  },
  { additionalProperties: false }
)

export const outwards = Type.Object(
  {
    sinks: Type.Array(sink, {
      default: [],
      maxItems: 32,
      description:
        'systems that are told of incidents, e.g. { name: province, url: "https://…", format: cap, addresses: [duty@example.org] }'
    }),
    allow: Type.Array(Type.String({ pattern: `^${BYTE}(\\.${BYTE}){3}(/([0-9]|[12][0-9]|3[0-2]))?$` }), {
      default: [],
      maxItems: 32,
      description:
        'ranges that sinks made on the page may lead to, e.g. 10.1.0.0/16; empty: every address but those of this machine and link-local ones'
    }),
    sender: Type.String({
      default: '',
      maxLength: 100,
      pattern: '^[^\\s,<&]*$',
      description:
        'sender of CAP messages, unique in the world such as a domain name; empty: pingan-gateway.<site.code>'
    }),
    timeoutMs: whole(10_000, 1_000, 60_000, 'a sink must have answered within this'),
    retryMs: whole(1_000, 100, 60_000, 'pause after the first failure; doubles with each'),
    retryMaxMs: whole(300_000, 1_000, DAY_MS, 'longest pause'),
    giveUpMs: whole(
      DAY_MS,
      60_000,
      30 * DAY_MS,
      'a message that fails for so long is given up, until somebody sends it again'
    ),
    breakerFailures: whole(5, 1, 100, 'failures in a row until a sink is left alone'),
    breakerMs: whole(30_000, 100, 3_600_000, 'for so long at first; doubles up to retryMaxMs'),
    queueMax: whole(10_000, 10, 100_000, 'messages that wait for one sink; one more, and the oldest is given up'),
    movedM: whole(
      500,
      0,
      100_000,
      'metres that a vehicle in alarm drives until a sink hears of its new place; 0: only with what happens'
    ),
    movedEveryMs: whole(60_000, 10_000, 3_600_000, 'of one vehicle not more often than this')
  },
  {
    default: {},
    additionalProperties: false,
    description: 'Outwards 外发: signed webhooks and CAP 1.2 to other systems'
  }
)
