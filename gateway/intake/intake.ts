/** Intake: what a journaled signal means (resolve, judge, locate). Pure over the registry and latest positions; the journal comes before it. */
import { type CameraId, id, type SourceId, type SubjectId } from '../core/brand.ts'
import { floodCard, namedByCrowd, unprovenCard } from '../core/called.ts'
import { distanceM, type GeoPoint, isPlausible, type Position } from '../core/geo.ts'
import type { SubjectCard } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import type { Clock } from '../core/ports.ts'
import { type Priority, priorityOf } from '../core/priority.ts'
import type { AlarmClass, Signal, SourceKind } from '../core/signal.ts'
import type { ShelvedAlarm } from '../core/source-shelf.ts'
import type { Change } from '../core/store.ts'
import { createTestJudge, type OnTest, type TestVerdict } from './on-test.ts'

/** The registry as intake needs it. */
export interface IntakeRegistry {
  resolve(sourceId: SourceId): {
    readonly source?: {
      readonly kind: SourceKind
      readonly alarmClass?: AlarmClass
      readonly onTestUntilMs?: number
    }
    readonly subject: SubjectCard
    readonly position?: GeoPoint
    readonly cameras?: readonly IncidentCamera[]
  }
  nearestCameras(
    point: GeoPoint,
    count: number
  ): readonly { readonly camera: { readonly id: CameraId; readonly name: string }; readonly distanceM: number }[]
  /** Cameras that look at this source, wherever it is. */
  covering(sourceId: SourceId): readonly { readonly id: CameraId; readonly name: string; readonly position: GeoPoint }[]
  cellAt(
    point: GeoPoint
  ): { readonly id: NonNullable<SubjectCard['gridCell']>['id']; readonly name: string } | undefined
}

export interface IntakeOptions {
  readonly clock: Clock
  readonly registry: IntakeRegistry
  positionOf(sourceId: SourceId): Position | undefined
  /** The same in the words of the street map; undefined where the address says more: of whoever is at home. */
  fixOf?(told: Position, kind: SourceKind, subject: SubjectCard, home: GeoPoint | undefined): Position | undefined
  /** Nearest cameras of an incident; at least two (DB15/T 3968). */
  readonly cameraCount: number
  /** Cameras inside the vehicle that presses are asked for their picture. */
  readonly inVehicles?: boolean
  /** Signals of unknown sources from one address within a minute before they are counted into one incident (rule 7). */
  readonly unknownPerMinute: number
  /** The test that a source is on at that time (rule 12). */
  onTest?(sourceId: SourceId, subjectId: SubjectId, atMs: number): OnTest | undefined
  /** What a registered source reports while it is shelved 搁置 is only put on record, with this; undefined: it is raised. Asked once for each signal. */
  shelved?(seq: number, signal: Signal, alarm: ShelvedAlarm): Pick<Change, 'documents' | 'audit'> | undefined
  /** What was remembered before the start. */
  recall?(key: string): string | undefined
  /** True while somebody there calls for help: no test hides the next press. */
  calling?(subjectId: SubjectId): boolean
  /** Told of every signal beyond it. */
  flooded?(host: string): void
  /** Told when a signal could not be located; it is raised without a place. */
  broken?(error: unknown, seq: number): void
}

/** A signal with its meaning. */
export interface Judged {
  readonly seq: number
  readonly signal: Signal
  /** `raise` opens or merges; `remark` is a line on the open incident, never a change of its state (rule 3); `none` is only on record. */
  readonly effect: 'raise' | 'remark' | 'none'
  readonly remark?: 'restored' | 'cancelAsked' | 'tested'
  readonly sourceId: SourceId
  readonly alarmClass: AlarmClass
  readonly zone: string
  readonly priority: Priority
  readonly subject: SubjectCard
  readonly position?: GeoPoint
  readonly positionSource: 'registry' | 'device' | 'none'
  /** Of a vehicle, and of a person who is not at home. */
  readonly fix?: Position
  readonly cameras: readonly IncidentCamera[]
  readonly duress: boolean
  readonly lateByMs?: number
  /** A stored event too old to ring for: it is on the floor and on record, less urgent. */
  readonly aged?: boolean
  /** More to write with what it comes to. */
  readonly keep?: Verdict['keep']
}

/** Older than this by the device's own clock, a report is shown as late. */
const LATE_MS = 60_000
/** What a box kept longer than this is no call of now. */
const AGED_MS = 30 * 60_000
const MAX_TRACKED = 10_000
/** Speed and direction that were told within this of the press are those of the press. */
const SAME_FIX_MS = 10_000

interface Verdict extends Omit<TestVerdict, 'keep'> {
  readonly flooded: boolean
  readonly shelved: boolean
  readonly keep?: Pick<Change, 'remember' | 'documents' | 'audit'>
}

type Resolved = ReturnType<IntakeRegistry['resolve']> & { readonly isCrowd?: true }

type Place = Pick<Judged, 'position' | 'positionSource' | 'fix'>

interface Around extends Pick<Judged, 'cameras'> {
  readonly place: Place
  readonly cell: SubjectCard['gridCell']
}

const NOWHERE: Place = { position: undefined, positionSource: 'none' }

export interface Intake {
  judge(seq: number, signal: Signal): Judged
}

export function createIntake(options: IntakeOptions): Intake {
  const unknown = createBudget(options.clock, options.unknownPerMinute)
  const testOf = createTestJudge({
    recall: options.recall ?? (() => undefined),
    calling: options.calling ?? (() => false)
  })
  /** What was decided by count or by time, by journal number: a signal that is worked again means the same. */
  const verdicts = new Map<number, Verdict>()

  const onTest = (signal: Signal, { source, subject }: Resolved): OnTest | undefined => {
    if (!source) return undefined
    const until = source.onTestUntilMs
    const listed = until !== undefined && options.clock.now() < until ? { startMs: 0 } : undefined
    return options.onTest?.(signal.sourceId, subject.id, signal.receivedTimeMs) ?? listed
  }

  /** Who stands behind a source; of a crowd of unproven reports that names somebody listed, whose they may be. */
  const resolve = (sourceId: SourceId): Resolved => {
    const named = namedByCrowd(sourceId)
    const listed = named === undefined ? undefined : options.registry.resolve(named)
    if (!listed?.source) return options.registry.resolve(sourceId)
    return { subject: unprovenCard(sourceId, listed.subject), position: listed.position, isCrowd: true }
  }

  const verdictOf = (seq: number, signal: Signal, found: Resolved): Verdict => {
    const known = verdicts.get(seq)
    if (known) return known
    // A crowd is one signal a minute and must say whose it may be.
    const flooded = !found.source && !found.isCrowd && !unknown.take(hostOf(signal.origin))
    if (flooded) options.flooded?.(hostOf(signal.origin))
    const tested = testOf(seq, signal, found.subject.id, onTest(signal, found))
    const shelf = found.source && !tested.test ? options.shelved?.(seq, signal, alarmOf(signal, true)) : undefined
    const verdict = { flooded, shelved: shelf !== undefined, ...tested, ...(shelf ? { keep: shelf } : {}) }
    remember(verdicts, seq, verdict)
    return verdict
  }

  const locate = (signal: Signal, registered: GeoPoint | undefined): Place => {
    // A fault calls nobody anywhere: where its owner was is not kept with it (rule 10).
    const latest = signal.condition === 'fault' ? undefined : options.positionOf(signal.sourceId)
    if (signal.position && isPlausible(signal.position)) {
      const fix = toldIn(signal, signal.position, latest)
      return { position: signal.position, positionSource: 'device' as const, fix }
    }
    if (latest) return { position: latest.point, positionSource: 'device' as const, fix: latest }
    if (registered) return { position: registered, positionSource: 'registry' as const }
    return NOWHERE
  }

  /** Whoever pressed is heard, whatever is wrong with our map. */
  const around = (seq: number, signal: Signal, registered: GeoPoint | undefined, subject: SubjectCard): Around => {
    const known = subject.gridCell
    try {
      const { fix: told, ...located } = locate(signal, registered)
      const fix = told && options.fixOf?.(told, signal.sourceKind, subject, registered)
      const place = fix ? { ...located, fix } : located
      const { position } = place
      const covering = options.registry.covering(signal.sourceId).map(each => {
        const away = position ? Math.round(distanceM(each.position, position)) : 0
        return { cameraId: each.id, name: each.name, distanceM: away }
      })
      if (!position) return { place, cell: known, cameras: covering }
      const cell = known ?? options.registry.cellAt(position)
      const near = options.registry.nearestCameras(position, Math.max(2, options.cameraCount))
      const others = near
        .filter(({ camera }) => covering.every(each => each.cameraId !== camera.id))
        .map(n => ({ cameraId: n.camera.id, name: n.camera.name, distanceM: n.distanceM }))
      const cameras = [...covering, ...others].slice(0, Math.max(covering.length, near.length))
      return { place, cell, cameras }
    } catch (error) {
      options.broken?.(error, seq)
      return { place: NOWHERE, cell: known, cameras: [] }
    }
  }

  return {
    judge(seq, reported) {
      const found = resolve(reported.sourceId)
      // The registry knows better than the protocol whether a button on MQTT is a shop's box or an old person's one-key call.
      const signal = found.source ? asRegistered(reported, found.source) : reported
      const mapped = found.source !== undefined
      const { flooded, test, shelved, keep } = verdictOf(seq, signal, found)
      const subject = flooded ? floodCard(hostOf(signal.origin)) : subjectOf(signal, found.subject)
      const { place, cell, cameras } = around(seq, signal, found.position, subject)
      const { alarmClass, zone } = alarmOf(signal, mapped)
      const lateByMs = signal.deviceTimeMs === undefined ? 0 : signal.receivedTimeMs - signal.deviceTimeMs
      const aged = signal.stored === true && lateByMs >= AGED_MS
      const priority = priorityOf(alarmClass, signal.sourceKind)
      return {
        seq,
        signal,
        ...(shelved ? { effect: 'none' as const } : effectOf(signal, test)),
        sourceId: flooded ? id<SourceId>(`flood:${hostOf(signal.origin)}`) : signal.sourceId,
        alarmClass,
        zone,
        priority: aged ? agedPriority(alarmClass, priority) : priority,
        subject: cell ? { ...subject, gridCell: { id: cell.id, name: cell.name } } : subject,
        ...place,
        cameras: [...((options.inVehicles && found.cameras) || []), ...cameras],
        duress: signal.alarmClass === 'duress',
        lateByMs: lateByMs > LATE_MS ? lateByMs : undefined,
        ...(aged ? { aged } : {}),
        ...(keep ? { keep } : {})
      }
    }
  }
}

/** Where the signal says it was; how fast and which way it went is what was told together with it, its street that of no other point. */
function toldIn({ receivedTimeMs, deviceTimeMs, stored }: Signal, point: GeoPoint, latest?: Position): Position {
  const isThere = latest?.point.lat === point.lat && latest.point.lon === point.lon
  const lateMs = deviceTimeMs === undefined ? 0 : receivedTimeMs - deviceTimeMs
  const isNow = latest && isThere && Math.abs(latest.atMs - receivedTimeMs) <= SAME_FIX_MS
  // Kept in a blind area, it tells of then; a clock that is wrong makes no place old that the vehicle is at now.
  const atMs = !isNow && lateMs > (stored ? 0 : LATE_MS) ? receivedTimeMs - lateMs : receivedTimeMs
  if (!latest || Math.abs(latest.atMs - atMs) > SAME_FIX_MS) return { point, atMs }
  const { street, ...motion } = latest
  return { ...motion, ...(isThere && street ? { street } : {}), point, atMs }
}

/** A protocol that cannot say what is behind a contact says unmapped; what it does say outranks the registry. */
function asRegistered(
  reported: Signal,
  source: { readonly kind: SourceKind; readonly alarmClass?: AlarmClass }
): Signal {
  const told = reported.alarmClass === 'unmapped' ? source.alarmClass : undefined
  return { ...reported, sourceKind: source.kind, alarmClass: told ?? reported.alarmClass }
}

/** To the tray, without a sound; but a panic is never there (rule 4), and duress stays what it is. */
function agedPriority(alarmClass: AlarmClass, priority: Priority): Priority {
  if (alarmClass === 'duress') return priority
  return Math.max(priority, alarmClass === 'panic' ? 2 : 3) as Priority
}

/** A camera's troubles are one incident per cause: a wrong clock must not be resolved with a torn cable. */
function subjectOf({ cause, sourceId }: Signal, subject: SubjectCard): SubjectCard {
  if (cause === undefined || !sourceId.startsWith('camera:')) return subject
  return { ...subject, id: id<SubjectId>(`${subject.id}/${cause}`) }
}

/** Which alarm of its source a signal speaks of (rule 2). */
function alarmOf(signal: Signal, mapped: boolean): ShelvedAlarm {
  const alarmClass = classOf(signal, mapped)
  const zoned = alarmClass !== 'panic' && alarmClass !== 'duress'
  return { alarmClass, zone: zoned ? (signal.zone ?? signal.cause ?? '') : '' }
}

function classOf(signal: Signal, mapped: boolean): AlarmClass {
  if (signal.condition === 'fault') return 'trouble'
  if (signal.condition === 'tamper') return 'tamper'
  return mapped ? signal.alarmClass : 'unmapped'
}

function effectOf(signal: Signal, test: boolean): Pick<Judged, 'effect' | 'remark'> {
  if (signal.condition === 'heartbeat') return { effect: 'none' }
  if (signal.condition === 'test' || test) return { effect: 'remark', remark: 'tested' }
  if (signal.condition === 'cancel') return { effect: 'remark', remark: 'cancelAsked' }
  if (signal.qualifier === 'restore') return { effect: 'remark', remark: 'restored' }
  if (signal.qualifier === 'status') return { effect: 'none' }
  return { effect: 'raise' }
}

/** `udp 10.0.0.1:5060` → `10.0.0.1`. */
export function hostOf(origin: string): string {
  const address = origin.slice(origin.indexOf(' ') + 1)
  const colon = address.lastIndexOf(':')
  return colon > 0 ? address.slice(0, colon) : address
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MAX_TRACKED) map.delete(map.keys().next().value as K)
}

/** A token bucket per address, refilled over a minute by the clock that nobody sets. */
function createBudget(clock: Pick<Clock, 'steady'>, perMinute: number): { take(host: string): boolean } {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(host) {
      const nowMs = clock.steady()
      const bucket = buckets.get(host) ?? { tokens: perMinute, atMs: nowMs }
      const tokens = Math.min(perMinute, bucket.tokens + ((nowMs - bucket.atMs) * perMinute) / 60_000)
      remember(buckets, host, { tokens: Math.max(0, tokens - 1), atMs: nowMs })
      return tokens >= 1
    }
  }
}
