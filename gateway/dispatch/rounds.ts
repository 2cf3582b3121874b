/**
 * The rounds of patrol routes 巡逻路线: a check point is passed when the unit on duty comes near it within the hours of its route, or by hand. Kept are
 * the passed points of its own routes and nothing of the way between them (rule 10).
 */
import type { UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { distanceM, type Position } from '../core/geo.ts'
import type { CheckPoint, PatrolRoute, Round } from '../core/patrol-route.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createWallClock } from '../core/schedule.ts'
import { createSerial } from '../core/serial.ts'
import type { AuditEntry, Change, Commit } from '../core/store.ts'
import { type Span, spansOfDay } from './route-times.ts'

interface Pass {
  readonly atMs: number
  readonly by: 'position' | 'hand'
}
/** Of one unit on one route: its newest rounds by their beginning, the passed points of each. */
type Book = Readonly<Record<string, Readonly<Record<string, Pass>>>>

export interface RoundsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly remembered: ReadonlyMap<string, string>
  readonly timeZone: string
  routes(): readonly PatrolRoute[]
  nameOf(unitId: UnitId): string | undefined
}

export interface Rounds {
  /** Of today, of this unit or of everybody. */
  today(unitId?: UnitId): readonly Round[]
  /** A position that was kept: only of a unit on duty. Never rejects. */
  moved(unitId: UnitId, position: Position, who: string): void
  /** By hand; ILLEGAL_TRANSITION outside of the hours of the route, NOT_FOUND for a point that is none of theirs. */
  byHand(
    unitId: UnitId,
    point: {
      readonly routeId: string
      readonly pointId: string
      readonly fromMs: number
      readonly atMs: number
      readonly who: string
    },
    commands: Change['commands']
  ): Promise<void>
}

const ROUNDS_KEPT = 14
const KEY = 'rounds:'
const MINUTE_MS = 60_000
/** A receiver that errs by more than this says nothing of a check point. */
const WORST_ACCURACY_M = 100

export function createRounds(options: RoundsOptions): Rounds {
  const { clock, commit, log } = options
  const wallClock = createWallClock(options.timeZone)
  const books = new Map<string, Book>()
  for (const [key, text] of options.remembered)
    if (key.startsWith(KEY) && text !== '') books.set(key.slice(KEY.length), JSON.parse(text) as Book)
  /** A book is written whole: what passes a point meanwhile, by hand or on another phone of the team, waits for it. */
  const serial = createSerial()
  /** Being written at this moment. */
  const writing = new Set<string>()
  /** Thousands of positions a second: routes by unit are sorted out anew only when they change or a minute has passed. */
  let due: { minute: number; routes: readonly PatrolRoute[]; byUnit: ReadonlyMap<UnitId, readonly Due[]> } | undefined
  interface Due extends Span {
    readonly route: PatrolRoute
  }
  const dueOf = (unitId: UnitId): readonly Due[] => {
    const minute = Math.floor(clock.now() / MINUTE_MS)
    const routes = options.routes()
    if (due?.minute !== minute || due.routes !== routes) {
      const byUnit = new Map<UnitId, Due[]>()
      for (const route of routes) {
        const span = activeSpan(route, clock.now())
        if (span) for (const unit of route.unitIds) byUnit.set(unit, [...(byUnit.get(unit) ?? []), { route, ...span }])
      }
      due = { minute, routes, byUnit }
    }
    return due.byUnit.get(unitId) ?? []
  }
  const spansAt = (route: PatrolRoute, ms: number) => spansOfDay(route.spans, wallClock(ms), ms)
  const activeSpan = (route: PatrolRoute, ms: number) =>
    spansAt(route, ms).find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)

  const bookKey = (route: PatrolRoute, unitId: UnitId) => `${route.id}/${unitId}`
  const passedIn = (route: PatrolRoute, unitId: UnitId, fromMs: number) =>
    books.get(bookKey(route, unitId))?.[String(fromMs)] ?? {}

  const commitAll = async (change: Change, apply?: () => void): Promise<void> => {
    const result = await commit(change, apply)
    if (!result.ok) throw new GatewayError('CONFLICT_RETRY', { conflict: result.conflict })
  }
  const write = (
    { route, fromMs }: Due,
    unitId: UnitId,
    point: CheckPoint,
    pass: Pass & { readonly who: string },
    commands?: Change['commands']
  ): Promise<void> => {
    const key = bookKey(route, unitId)
    const { who, ...kept } = pass
    return serial.run(key, async () => {
      if (passedIn(route, unitId, fromMs)[point.id]) {
        // Passed already; the phone's command has its answer all the same (rule 13).
        if (commands?.length) await commitAll({ commands })
        return
      }
      const next = withPass(books.get(key) ?? {}, fromMs, point.id, kept)
      const entry: AuditEntry = {
        ...{ atMs: clock.now(), who, action: 'patrol.checkPoint', object: `unit:${unitId}`, outcome: 'done' },
        detail: { route: route.name, point: point.name, by: pass.by }
      }
      const change: Change = { remember: [{ key: KEY + key, value: JSON.stringify(next) }], audit: [entry] }
      await commitAll(commands ? { ...change, commands } : change, () => books.set(key, next))
    })
  }

  const roundOf = (route: PatrolRoute, unitId: UnitId, { fromMs, toMs }: Span): Round => {
    const passed = passedIn(route, unitId, fromMs)
    const points = route.points.map(point => {
      const pass = passed[point.id]
      return pass ? { ...point, passedAtMs: pass.atMs, by: pass.by } : point
    })
    const unitName = options.nameOf(unitId) ?? unitId
    return { routeId: route.id, name: route.name, unitId, unitName, fromMs, toMs, points }
  }

  return {
    today: wanted =>
      options
        .routes()
        .flatMap(route =>
          route.unitIds
            .filter(unitId => wanted === undefined || unitId === wanted)
            .flatMap(unitId => spansAt(route, clock.now()).map(span => roundOf(route, unitId, span)))
        )
        .toSorted((a, b) => a.fromMs - b.fromMs),
    moved(unitId, { point: here, accuracyM = 0 }, who) {
      if (accuracyM > WORST_ACCURACY_M) return
      for (const each of dueOf(unitId)) {
        const passed = passedIn(each.route, unitId, each.fromMs)
        for (const point of each.route.points) {
          if (passed[point.id] || distanceM(here, point.position) > point.radiusM) continue
          const key = `${bookKey(each.route, unitId)}`
          // One at a time: the next position is a second away, and the book is written whole.
          if (writing.has(key)) return
          writing.add(key)
          write(each, unitId, point, { atMs: clock.now(), by: 'position', who })
            .catch(error => log.warn({ err: error, route: each.route.id }, 'a passed check point was not kept'))
            .finally(() => writing.delete(key))
        }
      }
    },
    async byHand(unitId, { routeId, pointId, fromMs, atMs, who }, commands) {
      const route = options.routes().find(each => each.id === routeId && each.unitIds.includes(unitId))
      const point = route?.points.find(each => each.id === pointId)
      if (!route || !point) throw new GatewayError('NOT_FOUND', { why: 'no check point of this unit' })
      const span = activeSpan(route, atMs)
      if (span?.fromMs !== fromMs)
        throw new GatewayError('ILLEGAL_TRANSITION', { why: 'the route is not walked at this time' })
      await write({ route, ...span }, unitId, point, { atMs, by: 'hand', who }, commands)
    }
  }
}

/** The newest rounds stay. */
function withPass(book: Book, fromMs: number, pointId: string, pass: Pass): Book {
  const round = { ...book[String(fromMs)], [pointId]: pass }
  const all = Object.entries({ ...book, [String(fromMs)]: round }).toSorted(([a], [b]) => Number(b) - Number(a))
  return Object.fromEntries(all.slice(0, ROUNDS_KEPT))
}
