/** Shelving 搁置 (ISA-18.2): what a chattering source reports is only on record until an end that always comes; never a call for help (rule 4). */
import type { SourceId, SubjectId } from './brand.ts'
import type { AlarmClass, Signal, SourceKind } from './signal.ts'

/** Bounds of a request; the longest time is the setting `sources.shelveMaxMs`. */
export const SHELF_LIMITS = { active: 1_000, reasonLength: 200, minMinutes: 1, alarms: 64 } as const

/** Classes that may be shelved; everything else is somebody who calls, a fire, or something that nobody knows (rules 4 and 7). */
export const SHELVABLE: ReadonlySet<AlarmClass> = new Set([
  ...(['intrusion', 'tamper', 'water'] as const),
  ...(['environment', 'camera', 'trouble'] as const)
])

/** Sources with a person behind each report: nothing of them is ever shelved. */
const OF_PEOPLE: ReadonlySet<SourceKind> = new Set(['panicPhone', 'oneKeyCall', 'taxi', 'personReport'])

export function mayShelve(kind: SourceKind, alarmClass: AlarmClass | undefined): boolean {
  return !OF_PEOPLE.has(kind) && (alarmClass === undefined || alarmClass === 'unmapped' || SHELVABLE.has(alarmClass))
}

/** One alarm of a source that chatters, or by hand everything of it that may be shelved. */
export interface Shelf {
  readonly id: string
  readonly sourceId: SourceId
  readonly subjectId: SubjectId
  /** Of the household or premises, as it was called then. */
  readonly name: string
  /** Absent: all of the source. */
  readonly alarm?: ShelvedAlarm
  /** Empty where the system shelved it. */
  readonly reason: string
  /** Work number and name, or `system`. */
  readonly by: string
  readonly startMs: number
  /** The forced end. */
  readonly endMs: number
  readonly endedMs?: number
  readonly endedBy?: string
  /** What still stood at its end has been raised. */
  readonly settled?: boolean
}

export interface ShelvedAlarm {
  readonly alarmClass: AlarmClass
  readonly zone: string
}

/** The last word of one alarm while it was shelved, kept with the signal that said it. */
export interface HeldSignal
  extends ShelvedAlarm,
    Pick<Signal, 'sourceId' | 'sourceKind' | 'condition' | 'qualifier' | 'cause'> {
  readonly atMs: number
  /** How many signals. */
  readonly count: number
}

/** POST /api/sources/shelves */
export interface ShelfDraft {
  readonly sourceId: string
  readonly minutes: number
  readonly reason: string
}

export interface ShelfView extends Shelf {
  /** Signals that were only put on record. */
  readonly held: number
  /** Some alarm of it stands now: it is raised at the end. */
  readonly standing: boolean
}

/** GET /api/sources/shelves; the first to end first. */
export interface SourceShelves {
  readonly nowMs: number
  readonly maxMs: number
  readonly active: readonly ShelfView[]
}

/** The cause of the trouble that tells of a shelved source; a report of the gateway itself, which nothing shelves. */
export const CHATTER = 'chatter'
export const HELD_KIND = 'source.shelf.held'
/** Begins the eventId of an alarm that stood at the end of its shelf. */
export const AFTER_SHELF = 'after-shelf:'
