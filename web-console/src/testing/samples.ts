/** Records for the console's unit tests: small, whole, and changed by spreading. */
import { DEFAULT_CLASS_RULE } from '../../../gateway/core/class-rule.ts'
import type { Incident, TimelineEntry } from '../../../gateway/core/incident.ts'
import { DEFAULT_TIMERS } from '../../../gateway/core/priority.ts'
import type { Unit } from '../../../gateway/core/unit.ts'
import type { ConsoleSettings, FeedBody, ServerMessage, SessionUser } from '../../../gateway/core/wire.ts'

export const T0 = 1_763_800_000_000

export const SETTINGS: ConsoleSettings = {
  timers: DEFAULT_TIMERS,
  preRollMs: 30_000,
  postRollMs: 60_000,
  categories: [],
  callout: { enabled: true, othersAfterMs: 20_000, unverifiedAfterMs: 20_000, limitMs: 600_000 },
  handOverRoutes: {
    ...{ medical: ['120'], violence: ['110'], intrusion: ['110'], fire: ['119'], lostOrFallen: ['110'] },
    ...{ traffic: ['110'], dispute: ['12345'], equipment: [], other: [] }
  },
  classRule: DEFAULT_CLASS_RULE,
  webrtc: false
}

export function user(change: Partial<SessionUser> = {}): SessionUser {
  return { userId: 'u-3', login: '10327', name: '林晓', role: 'operator', seat: 3, ...change }
}

export const OWNER = { userId: 'u-3', name: '林晓', seat: 3 } as unknown as NonNullable<Incident['owner']>
export const OTHER = { userId: 'u-4', name: '吴涛', seat: 4 } as unknown as NonNullable<Incident['owner']>

export function incident(id: string, change: Partial<Incident> = {}): Incident {
  const base = {
    id,
    number: '1122-0187',
    state: 'new',
    priority: 1,
    alarmClass: 'panic',
    sourceKind: 'panicPhone',
    subject: { id: `s-${id}`, kind: 'household', name: '陈桂芳', address: '杏花巷 16 号' },
    cameras: [],
    presses: 1,
    pressTimesMs: [T0],
    openedAtMs: T0,
    duress: false,
    unverified: false,
    escalation: 0,
    rings: 1,
    autoOffered: false,
    linked: [],
    assignments: [],
    evidence: [],
    version: 1,
    updatedAtMs: T0
  }
  return { ...base, ...change } as unknown as Incident
}

export function assignment(change: Partial<Incident['assignments'][number]>): Incident['assignments'][number] {
  const base = {
    id: 'a-1',
    incidentId: 'i-1',
    unitId: 'unit-1',
    unitName: '巡防 07 车',
    state: 'offered',
    offeredAtMs: T0 + 20_000,
    expiresAtMs: T0 + 50_000,
    offeredBy: 'operator'
  }
  return { ...base, ...change } as unknown as Incident['assignments'][number]
}

export function line(index: number, change: Partial<TimelineEntry> = {}): TimelineEntry {
  const base = { incidentId: 'i-1', index, atMs: T0 + index * 1_000, actor: { kind: 'system' }, kind: 'note', data: {} }
  return { ...base, ...change } as unknown as TimelineEntry
}

export function unit(id: string, change: Partial<Unit> = {}): Unit {
  const base = {
    id,
    name: id,
    unitClass: 'patrol',
    memberCount: 2,
    vehicle: 'car',
    speedKmh: 30,
    state: 'available',
    members: []
  }
  return { ...base, ...change } as unknown as Unit
}

export function message(seq: number, body: FeedBody, change: { prev?: number; atMs?: number; scope?: string } = {}) {
  return { type: 'msg', scope: 'floor', seq, prev: seq - 1, atMs: T0, body, ...change } as const satisfies ServerMessage
}
