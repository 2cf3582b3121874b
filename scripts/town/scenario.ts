/** Reads a scenario and the registry it names: everything the simulated devices need to know, and nothing of the gateway's code. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Static, type TSchema, Type } from 'typebox'
import { Errors } from 'typebox/value'
import { parse } from 'yaml'
import { createRoadGraph, type RoadGraph } from '../../gateway/dispatch/road-graph.ts'
import { lonLatOf, readPlan } from './plan.ts'

const closed = { additionalProperties: false }
const Ms = Type.Integer({ minimum: 1 })
const Span = Type.Tuple([Type.Number({ minimum: 0 }), Type.Number({ minimum: 0 })])
const Codec = Type.Enum(['h264', 'h265'])
const Port = Type.Integer({ minimum: 0, maximum: 65_535 })

const Scenario = Type.Object(
  {
    registry: Type.String(),
    streets: Type.String(),
    loops: Type.String(),
    ports: Type.Object(
      // WS-Discovery has a port of its own (3702); another one keeps two towns on one machine apart.
      {
        ...{ control: Port, cameraHttp: Port, cameraRtsp: Port, exchange: Port, platform: Port },
        discovery: Type.Optional(Port)
      },
      closed
    ),
    // A camera's id in the registry → what it does unlike the others.
    cameras: Type.Record(
      Type.String(),
      Type.Object(
        {
          codec: Type.Optional(Type.Object({ main: Codec, sub: Codec }, closed)),
          secure: Type.Optional(Type.Boolean())
        },
        closed
      )
    ),
    // About so often something moves before each camera.
    motion: Type.Object({ everyMs: Ms }, closed),
    taxis: Type.Object({ reportMs: Ms, heartbeatMs: Ms, speedKmh: Span }, closed),
    boxes: Type.Object({ heartbeatMs: Ms }, closed),
    panels: Type.Object({ linkTestMs: Ms }, closed),
    telephones: Type.Object({ hangUpAfterMs: Ms, answerAfterMs: Span, keyAfterMs: Span }, closed),
    // What the administrator enters at the first start: points in metres of town-plan.json.
    routes: Type.Array(
      Type.Object(
        {
          ...{ name: Type.String(), cell: Type.String(), units: Type.Array(Type.String()), radiusM: Type.Number() },
          points: Type.Array(
            Type.Object({ name: Type.String(), at: Type.Tuple([Type.Number(), Type.Number()]) }, closed)
          )
        },
        closed
      )
    ),
    patrols: Type.Object(
      {
        positionMs: Ms,
        acceptAfterMs: Span,
        reportAfterMs: Span,
        clearAfterMs: Span,
        hurry: Type.Number({ minimum: 1, maximum: 5 }),
        roundM: Type.Number({ minimum: 50 }),
        reports: Type.Array(Type.String(), { minItems: 1 }),
        rounds: Type.Record(
          Type.String(),
          Type.Object(
            { start: Type.Tuple([Type.Number(), Type.Number()]), manual: Type.Optional(Type.Boolean()) },
            closed
          )
        )
      },
      closed
    )
  },
  closed
)

export type ScenarioFile = Static<typeof Scenario>

interface Row {
  readonly id: string
  readonly subjectId: string
  readonly kind: string
}

/** A source and who stands behind it, numbered from 1 in the registry's order: what `press box 3` means. */
export interface Device {
  readonly n: number
  /** After the protocol's colon. */
  readonly native: string
  readonly name: string
  readonly address: string
}

/** Something a person wears, and where she is at home. */
export type Worn = Device & { readonly home: { readonly lat: number; readonly lon: number } }

export interface Town {
  readonly site: string
  readonly scenario: ScenarioFile
  readonly loopsDir: string
  readonly roads: RoadGraph
  /** Metres of the plan → [lon, lat]. */
  readonly point: (at: readonly [x: number, y: number]) => readonly [lon: number, lat: number]
  readonly households: readonly Device[]
  /** Those that register at the gateway. */
  readonly sipPhones: readonly Device[]
  readonly diallers: readonly Device[]
  /** Drivers by their own telephones. */
  readonly drivers: readonly Device[]
  readonly boxes: readonly Device[]
  readonly panels: readonly Device[]
  readonly buttons: readonly Device[]
  /** With where each is at home. */
  readonly watches: readonly Worn[]
  /** Pendants that speak JT/T 808. */
  readonly pendants: readonly Worn[]
  readonly taxis: readonly (Device & { readonly speaks: 'jt808' | 'jt905' | 'mqtt' })[]
  /** Contacts at alarm inputs of cameras; `native` is endpoint, slash, input. */
  readonly inputs: readonly Device[]
  readonly cameras: readonly ({
    readonly number: number
    readonly name: string
    readonly endpoint: string
  } & ScenarioFile['cameras'][string])[]
  readonly units: readonly {
    readonly id: string
    readonly name: string
    readonly speedKmh: number
    readonly start: readonly [lon: number, lat: number]
    readonly manual: boolean
  }[]
}

interface RegistryFile {
  readonly site: { readonly code: string }
  readonly subjects: readonly {
    readonly id: string
    readonly name: string
    readonly address: string
    readonly position?: { readonly lat: number; readonly lon: number }
  }[]
  readonly sources: readonly Row[]
  readonly cameras: readonly {
    readonly id: string
    readonly name: string
    readonly onvif?: { readonly endpoint?: string }
  }[]
  readonly units: readonly { readonly id: string; readonly name: string; readonly speedKmh: number }[]
}

/** Throws with every fault of the scenario file at once. */
export function readTown(file: string): Town {
  const scenario = checked(Scenario, parse(readFileSync(file, 'utf8')), file)
  const beside = (path: string) => resolve(dirname(file), path)
  const registry = parse(readFileSync(beside(scenario.registry), 'utf8')) as RegistryFile
  const plan = readPlan()
  const subjects = new Map(registry.subjects.map(subject => [subject.id, subject]))
  const devices = (prefix: string, cut: string, kind?: string): Device[] =>
    registry.sources
      .filter(row => row.id.startsWith(prefix) && (kind === undefined || row.kind === kind))
      .map((row, index) => ({
        n: index + 1,
        native: row.id.slice(cut.length),
        name: subjects.get(row.subjectId)?.name ?? row.subjectId,
        address: subjects.get(row.subjectId)?.address ?? ''
      }))
  const { code } = registry.site
  return {
    site: code,
    scenario,
    loopsDir: beside(scenario.loops),
    roads: createRoadGraph(JSON.parse(readFileSync(beside(scenario.streets), 'utf8'))),
    point: ([x, y]) => lonLatOf(plan, x, y),
    households: devices('sip:66501', 'sip:'),
    sipPhones: devices('sip:66504', 'sip:'),
    diallers: devices('sip:66505', 'sip:'),
    drivers: devices('sip:000138', 'sip:'),
    boxes: devices(`mqtt:${code}/box-`, `mqtt:${code}/`),
    panels: devices('dc09:', 'dc09:'),
    buttons: devices(`mqtt:${code}/button-`, `mqtt:${code}/`),
    watches: devices(`mqtt:${code}/watch-`, `mqtt:${code}/`).map(device => ({
      ...device,
      home: homeOf(registry, `mqtt:${code}/${device.native}`)
    })),
    pendants: devices('jt808:', 'jt808:', 'oneKeyCall').map(device => ({
      ...device,
      home: homeOf(registry, `jt808:${device.native}`)
    })),
    // In the order of the registry, which lists those of JT/T 905 and MQTT last.
    taxis: [
      ...devices('jt808:', 'jt808:', 'taxi').map(device => ({ ...device, speaks: 'jt808' as const })),
      ...devices('jt905:', 'jt905:').map(device => ({ ...device, speaks: 'jt905' as const })),
      ...devices(`mqtt:${code}/taxi-`, `mqtt:${code}/`).map(device => ({ ...device, speaks: 'mqtt' as const }))
    ].map((device, index) => ({ ...device, n: index + 1 })),
    inputs: devices('onvif:', 'onvif:'),
    cameras: registry.cameras.flatMap(({ id, name, onvif }, index) =>
      onvif?.endpoint ? [{ number: index + 1, name, endpoint: onvif.endpoint, ...scenario.cameras[id] }] : []
    ),
    units: registry.units.flatMap(({ id, name, speedKmh }) => {
      const round = scenario.patrols.rounds[id]
      return round ? [{ id, name, speedKmh, start: lonLatOf(plan, ...round.start), manual: round.manual ?? false }] : []
    })
  }
}

function homeOf({ sources, subjects }: RegistryFile, sourceId: string): { lat: number; lon: number } {
  const source = sources.find(row => row.id === sourceId)
  const home = subjects.find(subject => subject.id === source?.subjectId)?.position
  if (!home) throw new Error(`${sourceId} has no home in the registry`)
  return { lat: home.lat, lon: home.lon }
}

function checked<T extends TSchema>(schema: T, value: unknown, file: string): Static<T> {
  const faults = Errors(schema, value).map(fault => `  ${fault.instancePath || '/'}: ${fault.message}`)
  if (faults.length > 0) throw new Error(`${file}:\n${faults.join('\n')}`)
  return value as Static<T>
}
