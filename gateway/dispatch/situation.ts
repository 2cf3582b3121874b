/** 上报情况: what a patrol sees itself is an incident of its own, at the place where its phone is; a fire as a fire, a person down as medical. Pure. */
import { id, type SourceId, type UnitId } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { Signal } from '../core/signal.ts'
import type { SituationCommand, SituationKind } from '../core/situation.ts'
import { SITUATION_WORDS } from '../core/situation.ts'

const PREFIX = 'patrol:'
/** A phone that tells of something older than this kept it off line; fresher is the way of the frame. */
const KEPT_MS = 60_000

/** Of each report its own, so that two of one unit are two incidents (rule 2). */
export function situationSource(unitId: UnitId, reportId: string): SourceId {
  return id<SourceId>(`${PREFIX}${unitId}/${reportId}`)
}

/** The unit behind such a source, undefined for every other source. */
export function unitOfSituation(sourceId: SourceId): UnitId | undefined {
  if (!sourceId.startsWith(PREFIX)) return undefined
  return id<UnitId>(sourceId.slice(PREFIX.length, sourceId.lastIndexOf('/')))
}

/** As the domain grades them: fire and a person down are P1, the rest is what people report, P3. */
const CLASSES: Readonly<Record<SituationKind, Signal['alarmClass']>> = {
  fight: 'report',
  fire: 'fire',
  accident: 'report',
  fallen: 'medical',
  hazard: 'report',
  other: 'report'
}

export interface Seen {
  readonly command: SituationCommand
  readonly unitId: UnitId
  readonly login: string
  /** Of the phone at that time, else where the unit was last. */
  readonly position: GeoPoint | undefined
  /** By the phone's clock, never ahead of ours, UTC ms. */
  readonly seenAtMs: number
  readonly nowMs: number
}

/** The same report sent again carries the same eventId and is one signal. */
export function signalOf({ command, unitId, login, position, seenAtMs, nowMs }: Seen): Signal {
  const { what } = command
  const { zh, en } = SITUATION_WORDS[what]
  const note = command.text.trim()
  return {
    sourceId: situationSource(unitId, command.id),
    sourceKind: 'personReport',
    qualifier: 'new',
    condition: 'alarm',
    alarmClass: CLASSES[what],
    zone: what,
    eventId: command.id,
    deviceTimeMs: seenAtMs,
    ...(nowMs - seenAtMs > KEPT_MS ? { stored: true } : {}),
    receivedTimeMs: nowMs,
    ...(position ? { position } : {}),
    text: note === '' ? zh : `${zh}：${note}`,
    textEn: note === '' ? en : `${en}: ${note}`,
    // A person of this house, logged in and on duty, who is there.
    verified: true,
    reportedBy: login,
    origin: `patrol ${unitId}`
  }
}
