/** 疑似重复: open incidents that may be of the same event, each with why; pure. Nothing is linked or merged by it: people decide. */
import type { IncidentId } from './brand.ts'
import { namesOf } from './called.ts'
import { distanceM } from './geo.ts'
import type { Incident, IncidentState } from './incident.ts'
import { isOpen, laneOf } from './incident-state.ts'

export const SIMILAR_REASONS = ['samePhone', 'sameAddress', 'sameGroup', 'near', 'sameNature', 'sameClass'] as const
export type SimilarReason = (typeof SIMILAR_REASONS)[number]

export interface Similar {
  readonly id: IncidentId
  readonly number: string
  readonly name: string
  readonly nameEn?: string
  readonly state: IncidentState
  readonly why: readonly SimilarReason[]
  readonly distanceM?: number
  readonly apartMs: number
}

/** Further apart in time or place they are two events. */
const APART_MS = 15 * 60_000
const NEAR_M = 200
/** In a town 200 m hold nearly anybody: by itself a place says something only at the same door. */
const SAME_DOOR_M = 50
const MAX_SHOWN = 5
/** What by itself makes a duplicate likely; the others only say more. */
const ENOUGH: readonly SimilarReason[] = ['samePhone', 'sameAddress', 'sameGroup']
/** These name an event, not only that somebody called. */
const EVENTS: ReadonlySet<Incident['alarmClass']> = new Set(['fire', 'gas', 'water', 'environment'])

const hasHome = ({ subject }: Incident): boolean => subject.kind !== 'vehicle'
const isFixed = (incident: Incident): boolean => hasHome(incident) && incident.positionSource !== 'device'

/** Where it is, with what it is, or at the very door of what does not move. */
function isNearEnough(a: Incident, b: Incident, why: readonly SimilarReason[], metres: number | undefined): boolean {
  if (metres === undefined || !why.includes('near')) return false
  const same = why.includes('sameNature') || (why.includes('sameClass') && EVENTS.has(a.alarmClass))
  return same || (metres <= SAME_DOOR_M && isFixed(a) && isFixed(b))
}

/** Most reasons first, then the nearest in time. */
export function similarTo(incident: Incident, others: Iterable<Incident>): readonly Similar[] {
  const found: Similar[] = []
  for (const other of others) {
    if (other.id === incident.id || !isOpen(other) || laneOf(other) !== laneOf(incident)) continue
    const apartMs = Math.abs(other.openedAtMs - incident.openedAtMs)
    if (apartMs > APART_MS) continue
    const metres =
      incident.position && other.position ? Math.round(distanceM(incident.position, other.position)) : undefined
    const why = reasons(incident, other, metres)
    if (!why.some(each => ENOUGH.includes(each)) && !isNearEnough(incident, other, why, metres)) continue
    const { id, number, subject, state } = other
    found.push({
      id,
      number,
      ...namesOf(subject),
      state,
      why,
      apartMs,
      ...(metres === undefined ? {} : { distanceM: metres })
    })
  }
  return found.toSorted((a, b) => b.why.length - a.why.length || a.apartMs - b.apartMs).slice(0, MAX_SHOWN)
}

function reasons(a: Incident, b: Incident, metres: number | undefined): readonly SimilarReason[] {
  const same = <T>(x: T | undefined, y: T | undefined) => x !== undefined && x !== '' && x === y
  const holds: Readonly<Record<SimilarReason, boolean>> = {
    samePhone: same(a.subject.phone, b.subject.phone),
    // A vehicle's is its firm's: two cars that press are two.
    sameAddress: hasHome(a) && hasHome(b) && same(a.subject.address, b.subject.address),
    sameGroup: same(a.subject.group?.id, b.subject.group?.id),
    near: metres !== undefined && metres <= NEAR_M,
    sameNature: same(a.nature, b.nature),
    sameClass: a.alarmClass === b.alarmClass
  }
  return SIMILAR_REASONS.filter(each => holds[each])
}
