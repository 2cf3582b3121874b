/** JSON Schemas of the request bodies; unknown and missing fields are named in the answer. */
import Type from 'typebox'
import { PLANNED_LIMITS } from '../core/camera-health.ts'
import { SERVICES } from '../core/hand-over.ts'
import { DISPOSITIONS, NATURES } from '../core/incident.ts'
import { MAP_FIND } from '../core/map-find.ts'
import { SITUATION_KINDS } from '../core/situation.ts'
import { MESSAGE_LIMITS } from '../core/unit-message.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const words = <T extends string>(values: readonly T[]) => Type.Enum([...values])
const Text = (maxLength: number, minLength = 1) => Type.String({ minLength, maxLength })
const Id = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' })
const Reason = Type.Optional(Text(500, 0))
/** Made at random by whoever writes. */
const MessageId = Type.String({ pattern: '^[A-Za-z0-9-]{16,64}$' })
const MESSAGE = { id: MessageId, text: Text(MESSAGE_LIMITS.text, 0), photo: Type.Optional(Id) }

const Category = Type.String({ pattern: '^[1-9]{1,3}$' })
const Count = (maximum: number) => Type.Optional(Type.Integer({ minimum: 0, maximum }))
const FEEDBACK = {
  disposition: words(DISPOSITIONS),
  feedback: Type.Optional(Text(2_000, 0)),
  category: Type.Optional(Category),
  injured: Count(100_000),
  dead: Count(100_000),
  lossYuan: Count(1_000_000_000_000),
  by: Type.Optional(Text(40, 0))
}

const ANSWER = {
  orderNumber: Type.Optional(Text(64, 0)),
  officer: Type.Optional(Text(40, 0)),
  lead: Type.Optional(words(['us', 'them']))
}

export const LoginBody = strict({
  login: Text(64),
  password: Text(256),
  seat: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  asksSeat: Type.Optional(Type.Boolean())
})

/** By action, so that a wrong field is told for the action that was meant and not for all of them. */
export const ACTION_BODIES: Readonly<Record<string, Type.TSchema>> = {
  acknowledge: strict({ action: Type.String() }),
  take: strict({ action: Type.String() }),
  release: strict({ action: Type.String() }),
  verify: strict({ action: Type.String(), nature: Type.Optional(words(NATURES)) }),
  setPriority: strict({ action: Type.String(), priority: Type.Integer({ minimum: 1, maximum: 4 }), reason: Reason }),
  markDuress: strict({ action: Type.String() }),
  annotate: strict({ action: Type.String(), text: Text(2_000) }),
  callNeighbours: strict({ action: Type.String() }),
  endCallNeighbours: strict({ action: Type.String() }),
  addParty: strict({ action: Type.String(), to: Id }),
  dropParty: strict({ action: Type.String(), party: Id }),
  dispatch: strict({ action: Type.String(), unitId: Id, reason: Reason }),
  recall: strict({ action: Type.String(), assignmentId: Id, reason: Reason }),
  handOver110: strict({ action: Type.String(), to: words(SERVICES), ...ANSWER }),
  answerHandOver: strict({ action: Type.String(), handOver: Id, accepted: Type.Boolean(), reason: Reason, ...ANSWER }),
  categorize: strict({ action: Type.String(), category: Category }),
  sop: strict({ action: Type.String(), step: Id, state: words(['done', 'skipped']), reason: Reason }),
  link: strict({ action: Type.String(), to: Id }),
  merge: strict({ action: Type.String(), into: Id }),
  feedback: strict({ action: Type.String(), ...FEEDBACK }),
  returnFeedback: strict({ action: Type.String(), reason: Text(500) }),
  resolve: strict({
    action: Type.String(),
    ...FEEDBACK,
    confirmedBy: Type.Optional(Text(64)),
    confirmedByPassword: Type.Optional(Text(256))
  }),
  reopen: strict({ action: Type.String(), reason: Text(500) }),
  close: strict({ action: Type.String(), unitsThere: Type.Optional(Type.Literal(true)) }),
  message: strict({ action: Type.String(), ...MESSAGE, to: Type.Optional(Id) }),
  readMessages: strict({ action: Type.String() })
}

const Assignment = Type.Object(
  { kind: words(['accept', 'arrive', 'clear', 'safe']), assignmentId: Id },
  { additionalProperties: false }
)
const Refusal = Type.Object(
  { kind: words(['decline', 'withdraw']), assignmentId: Id, reason: Text(200, 0) },
  { additionalProperties: false }
)
const Duty = Type.Object({ kind: words(['onDuty', 'offDuty']) }, { additionalProperties: false })
const Report = Type.Object(
  {
    ...{ kind: words(['report']), assignmentId: Id, incidentId: Type.Optional(Id), text: Text(2_000, 0) },
    disposition: Type.Optional(words(DISPOSITIONS))
  },
  { additionalProperties: false }
)

const Harmed = Type.Integer({ minimum: 0, maximum: 10_000 })
const Finish = strict({
  ...{ kind: Type.Literal('finish'), assignmentId: Id, disposition: words(DISPOSITIONS), text: Text(2_000) },
  ...{ injured: Harmed, dead: Harmed }
})
const CheckPoint = strict({
  ...{ kind: Type.Literal('checkPoint'), routeId: Id, pointId: Id },
  fromMs: Type.Integer({ minimum: 0 })
})

const Message = strict({ kind: Type.Literal('message'), assignmentId: Id, ...MESSAGE })
const MessagesSeen = strict({
  ...{ kind: Type.Literal('messagesSeen'), assignmentId: Id, read: Type.Boolean() },
  messages: Type.Array(MessageId, { minItems: 1, maxItems: MESSAGE_LIMITS.seen })
})
const Situation = strict({
  ...{ kind: Type.Literal('situation'), id: MessageId, what: words(SITUATION_KINDS) },
  text: Text(MESSAGE_LIMITS.text, 0),
  place: Type.Optional(
    strict({
      lat: Type.Number({ minimum: -90, maximum: 90 }),
      lon: Type.Number({ minimum: -180, maximum: 180 })
    })
  ),
  photo: Type.Optional(Type.Boolean())
})

export const PatrolCommandsBody = Type.Array(
  strict({
    client: Type.String({ minLength: 4, maxLength: 64, pattern: '^[A-Za-z0-9-]+$' }),
    seq: Type.Integer({ minimum: 1 }),
    deviceTimeMs: Type.Integer({ minimum: 0 }),
    command: Type.Union([Duty, Assignment, Refusal, Report, Finish, CheckPoint, Message, MessagesSeen, Situation])
  }),
  { minItems: 1, maxItems: 100 }
)

export const PatrolPositionBody = strict({
  lat: Type.Number({ minimum: -90, maximum: 90 }),
  lon: Type.Number({ minimum: -180, maximum: 180 }),
  accuracyM: Type.Optional(Type.Number({ minimum: 0 })),
  headingDeg: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
  speedKmh: Type.Optional(Type.Number({ minimum: 0, maximum: 500 })),
  atMs: Type.Integer({ minimum: 0 })
})

export const TicketBody = strict({
  stream: words(['main', 'sub']),
  audio: Type.Optional(Type.Boolean()),
  webrtc: Type.Optional(Type.Boolean()),
  reason: Reason
})

export const DisableBody = strict({ disabled: Type.Boolean() })

export const DemoPressBody = strict({
  kind: words([
    'household',
    'telephone',
    'dialler',
    'box',
    'panel',
    'button',
    'watch',
    'pendant',
    'taxi',
    'driver',
    'input',
    'storm'
  ]),
  n: Type.Integer({ minimum: 1, maximum: 1_000 })
})

export const PlannedBody = strict({
  cameras: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), {
    minItems: 1,
    maxItems: PLANNED_LIMITS.cameras
  }),
  startMs: Type.Optional(Type.Integer({ minimum: 0 })),
  endMs: Type.Integer({ minimum: 0 }),
  reason: Type.String({ minLength: 2, maxLength: PLANNED_LIMITS.reasonLength, pattern: '\\S' })
})

export const DayQuery = strict({ day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) })
export const DaysQuery = strict({ days: Type.Optional(Type.String({ pattern: '^\\d{1,2}$' })) })

export const TileParams = Type.Object({
  z: Type.String({ pattern: '^(\\d|1\\d|20)$' }),
  x: Type.String({ pattern: '^\\d{1,7}$' }),
  y: Type.String({ pattern: '^\\d{1,7}$' })
})

export const MapFindQuery = strict({
  text: Type.String({ minLength: MAP_FIND.shortest, maxLength: MAP_FIND.longest, pattern: '\\S.*\\S' }),
  /** How many the page has itself found. */
  incidents: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' }))
})

/** Units by code, with commas between them, which are ranked beside those near. */
export const AlsoQuery = Type.Object({
  also: Type.Optional(Type.String({ pattern: '^[^,]{1,64}(,[^,]{1,64}){0,9}$' }))
})

export const RecentQuery = Type.Object({
  limit: Type.Optional(Type.String({ pattern: '^\\d{1,3}$' })),
  beforeMs: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' }))
})
