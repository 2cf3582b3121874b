/** What a finding of the video patrol is on the alarm line: a report at the camera's place, a fire as a fire, a fault as trouble. */
import { id, type SourceId } from '../core/brand.ts'
import type { Signal } from '../core/signal.ts'
import { FINDING_WORDS, type FindingKind, type PatrolFinding } from '../core/wall.ts'
import { saying, type Words } from '../core/words.ts'

const PREFIX = 'videoPatrol:'

/** The source that findings at a camera come from. */
export function findingSource(cameraId: string): SourceId {
  return id<SourceId>(PREFIX + cameraId)
}

/** The camera behind such a source, undefined for every other source. */
export function cameraOfSource(sourceId: SourceId): string | undefined {
  return sourceId.startsWith(PREFIX) ? sourceId.slice(PREFIX.length) : undefined
}

/** Classes as the domain grades them: fire and a person down are P1, the rest is what people report, P3. */
const CLASSES: Readonly<Record<FindingKind, Signal['alarmClass']>> = {
  fight: 'report',
  fire: 'fire',
  accident: 'report',
  fallen: 'medical',
  hazard: 'report',
  equipment: 'trouble',
  other: 'report'
}

/** What was seen in both languages, and what the watcher wrote as he wrote it. */
function textOf({ kind, note }: PatrolFinding): Words {
  const { zh, en } = FINDING_WORDS[kind]
  const words = note.trim()
  return words === '' ? { zh, en } : { zh: `${zh}：${words}`, en: `${en}: ${words}` }
}

/** The same finding sent again carries the same eventId and is one signal. */
export function signalOf(finding: PatrolFinding, origin: string): Signal {
  const fault = finding.kind === 'equipment'
  return {
    sourceId: findingSource(finding.cameraId),
    sourceKind: 'personReport',
    qualifier: 'new',
    condition: fault ? 'fault' : 'alarm',
    alarmClass: CLASSES[finding.kind],
    eventId: finding.id,
    ...(fault ? { cause: 'picture' } : { zone: finding.kind }),
    receivedTimeMs: finding.atMs,
    ...saying(textOf(finding)),
    // A person of this floor, logged in, who saw it on our own picture.
    verified: true,
    reportedBy: finding.login,
    origin: `http ${origin}`
  }
}

/** Where the alarm of a finding is found in the store. */
export function alarmKeyOf(finding: PatrolFinding): {
  readonly sourceId: SourceId
  readonly alarmClass: string
  readonly zone: string
} {
  const signal = signalOf(finding, '')
  return { sourceId: signal.sourceId, alarmClass: signal.alarmClass, zone: signal.zone ?? signal.cause ?? '' }
}
