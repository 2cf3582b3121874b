/** The shape of a registry file (YAML): who stands behind which source, where cameras hang, which units there are. */
import Type from 'typebox'
import { RECORDING_MODES } from '../core/recording.ts'
import { ALARM_CLASSES } from '../core/signal.ts'
import { UNIT_SKILLS } from '../core/unit.ts'

const Text = (maxLength = 200) => Type.String({ minLength: 1, maxLength })
const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\s]+$' })
const Point = Type.Object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    datum: Type.Union([Type.Literal('wgs84'), Type.Literal('gcj02')])
  },
  { additionalProperties: false }
)
const strict = <T extends Record<string, ReturnType<typeof Type.Optional> | Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

const Contact = strict({
  name: Text(),
  relation: Type.String({ maxLength: 50 }),
  phone: Text(40),
  messageConsent: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }))
})
const Stream = strict({
  url: Type.String({ pattern: '^rtsps?://' }),
  codec: Type.Optional(Type.Union([Type.Literal('h264'), Type.Literal('h265'), Type.Literal('mjpeg')])),
  width: Type.Optional(Type.Integer({ minimum: 1 })),
  height: Type.Optional(Type.Integer({ minimum: 1 }))
})

const Clock = Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' })
const Spans = Type.Array(
  strict({
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
    from: Clock,
    to: Clock
  }),
  { minItems: 1, maxItems: 50 }
)
const Recording = strict({
  mode: Type.Optional(Type.Union(RECORDING_MODES.map(mode => Type.Literal(mode)))),
  stream: Type.Optional(Type.Union([Type.Literal('main'), Type.Literal('sub')])),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  motion: Type.Optional(Type.Boolean()),
  schedule: Type.Optional(Spans)
})

/** A circle or a polygon, checked to be one of them in load.ts. */
const Fence = strict({
  name: Text(60),
  hysteresisM: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 })),
  circle: Type.Optional(strict({ center: Point, radiusM: Type.Number({ minimum: 10, maximum: 100_000 }) })),
  polygon: Type.Optional(Type.Array(Point, { minItems: 3, maxItems: 200 }))
})
const Consent = strict({
  by: Text(60),
  on: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  relation: Type.Optional(Text(30))
})
const Locator = strict({
  consent: Type.Optional(Consent),
  fence: Type.Optional(Fence)
})

export const RegistryFile = strict({
  site: strict({ code: Id, name: Text(), centre: Text(), timeZone: Text(), center: Type.Optional(Point) }),
  groups: Type.Array(strict({ id: Id, name: Text() })),
  subjects: Type.Array(
    strict({
      id: Id,
      kind: Type.Union([Type.Literal('household'), Type.Literal('premises'), Type.Literal('vehicle')]),
      name: Text(),
      address: Type.String({ maxLength: 300 }),
      position: Type.Optional(Point),
      phone: Type.Optional(Text(40)),
      description: Type.Optional(Type.String({ maxLength: 300 })),
      medicalNote: Type.Optional(Type.String({ maxLength: 1000 })),
      accessNote: Type.Optional(Type.String({ maxLength: 1000 })),
      cameras: Type.Optional(
        Type.Array(strict({ channel: Type.Integer({ minimum: 1, maximum: 255 }), name: Text(40) }), { maxItems: 8 })
      ),
      phrases: Type.Optional(strict({ safe: Text(100), duress: Type.Optional(Text(100)) })),
      contacts: Type.Optional(Type.Array(Contact, { maxItems: 20 })),
      consent: Type.Optional(Consent),
      groupId: Type.Optional(Id),
      gridCellId: Type.Optional(Id),
      fleetId: Type.Optional(Id)
    })
  ),
  sources: Type.Array(
    strict({
      id: Type.String({ pattern: '^[a-z0-9-]+:\\S+$', maxLength: 160 }),
      subjectId: Id,
      alsoSubjectIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 20, uniqueItems: true })),
      kind: Type.Union(
        (['panicPhone', 'alarmBox', 'taxi', 'oneKeyCall', 'detector', 'cameraAnalytics', 'personReport'] as const).map(
          k => Type.Literal(k)
        )
      ),
      label: Type.Optional(Text()),
      alarmClass: Type.Optional(Type.Union(ALARM_CLASSES.map(each => Type.Literal(each)))),
      onTestUntilMs: Type.Optional(Type.Integer({ minimum: 0 })),
      locator: Type.Optional(Locator)
    })
  ),
  cameras: Type.Array(
    strict({
      id: Id,
      name: Text(),
      position: Point,
      yawDeg: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
      fovDeg: Type.Optional(Type.Number({ minimum: 1, maximum: 360 })),
      infrared: Type.Optional(Type.Boolean()),
      ownership: Type.Union([Type.Literal('public'), Type.Literal('private')]),
      gridCellId: Type.Optional(Id),
      owner: Type.Optional(Text(60)),
      station: Type.Optional(Text(60)),
      nationalCode: Type.Optional(Type.String({ pattern: '^\\d{20}$' })),
      sourceIds: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 160 }), { maxItems: 20 })),
      onvif: Type.Optional(strict({ endpoint: Type.Optional(Text(300)), address: Type.Optional(Text(300)) })),
      streams: Type.Optional(strict({ main: Type.Optional(Stream), sub: Type.Optional(Stream) })),
      audio: Type.Optional(Type.Boolean()),
      tlsFingerprint: Type.Optional(Type.String({ pattern: '^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$' })),
      transport: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('tcp'), Type.Literal('udp')])),
      credential: Type.Optional(Id),
      recording: Type.Optional(Recording)
    })
  ),
  units: Type.Array(
    strict({
      id: Id,
      name: Text(),
      unitClass: Type.Union(
        (['police', 'auxiliary', 'patrol', 'volunteer', 'informant'] as const).map(k => Type.Literal(k))
      ),
      memberCount: Type.Integer({ minimum: 1, maximum: 100 }),
      vehicle: Type.Union((['car', 'motorcycle', 'bicycle', 'foot'] as const).map(k => Type.Literal(k))),
      speedKmh: Type.Number({ exclusiveMinimum: 0, maximum: 120 }),
      gridCellId: Type.Optional(Id),
      skills: Type.Optional(Type.Array(Type.Union(UNIT_SKILLS.map(each => Type.Literal(each))), { maxItems: 10 })),
      phone: Type.Optional(Text(40)),
      rota: Type.Optional(Spans)
    })
  ),
  /** GeoJSON of the grid cells, relative to this file. */
  grid: Type.Optional(Type.String())
})
