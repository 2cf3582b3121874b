/** The leader's board over the rooms: counted once for everybody who looks, and on record who has looked. */
import type { Access } from '../access/access.ts'
import type { Config } from '../config.ts'
import type { BoardCoverage, LeaderBoard } from '../core/leader-board.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import type { GridCellRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import { STALE_POSITION_MS } from '../dispatch/candidates.ts'
import { coverageOf } from '../dispatch/coverage.ts'
import type { Units } from '../dispatch/units.ts'
import type { Hub } from '../feed/hub.ts'
import type { BoardRooms } from '../http/report-ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import { boardOf } from '../reports/leader-board.ts'
import { type Notices, ofFloor } from './notices.ts'

/** However many pages ask, it is made so often. */
const BOARD_MS = 2_000
const TODAY_MS = 10_000
const COVERAGE_MS = 10_000
/** Seats are content with older ones: they are many, and it is counted all day. */
const FLOOR_MS = 30_000
/** Older ones, of when nobody asked, are said only where the counting takes longer than this. */
const COUNT_WAIT_MS = 2_000
/** Who keeps the page open is on record so often. */
const VIEWED_MS = 15 * 60_000

export interface LeaderBoardDeps {
  readonly config: Pick<Config, 'site' | 'incidents'>
  readonly clock: Clock
  readonly log: Log
  readonly commit: Commit
  readonly access: Pick<Access, 'people'>
  readonly hub: Pick<Hub, 'viewers'>
  readonly incidents: Pick<Incidents, 'all'>
  readonly units: Pick<Units, 'all'>
  readonly notices: Pick<Notices, 'all'>
  gridCells(): readonly GridCellRow[]
  today(): Promise<LeaderBoard['today']>
}

export function createLeaderBoard(deps: LeaderBoardDeps): BoardRooms {
  const { clock, log } = deps
  const viewed = new Map<string, number>()
  const today = kept(clock, deps.today, error => {
    // The board is worth having without them.
    log.warn({ error }, 'the figures of today could not be counted')
  })
  const covered = kept<BoardCoverage>(
    clock,
    () => coverageOf(deps.gridCells(), deps.units.all(), clock.now()),
    error => log.warn({ error }, 'how the grid is covered could not be counted')
  )
  let last: LeaderBoard | undefined
  const board = (): LeaderBoard => {
    const nowMs = clock.now()
    if (last && nowMs - last.atMs < BOARD_MS && nowMs >= last.atMs) return last
    const figures = today.newest(TODAY_MS)
    const coverage = deps.gridCells().length > 0 ? covered.newest(COVERAGE_MS) : undefined
    const made = boardOf({
      ...{ nowMs, seats: deps.config.site.seats, timers: deps.config.incidents.timers },
      ...{ staleMs: STALE_POSITION_MS, people: deps.access.people() },
      connected: new Set([...deps.hub.viewers()].map(({ user }) => user.userId)),
      ...{ incidents: [...deps.incidents.all()], units: deps.units.all(), notices: ofFloor(deps.notices.all()) }
    })
    last = { ...made, ...(figures ? { today: figures } : {}), ...(coverage ? { coverage } : {}) }
    return last
  }
  return {
    async board(user) {
      const steadyMs = clock.steady()
      if (steadyMs - (viewed.get(user.userId) ?? -Infinity) >= VIEWED_MS) {
        await deps.commit({
          audit: [
            {
              atMs: clock.now(),
              who: personOf(user),
              action: 'board.viewed',
              object: 'board',
              outcome: 'done',
              detail: {}
            }
          ]
        })
        viewed.set(user.userId, steadyMs)
      }
      return board()
    },
    async floor() {
      const known = today.newest(FLOOR_MS)
      const ageMs = known && clock.now() - known.atMs
      const fresh = ageMs !== undefined && ageMs >= 0 && ageMs < 2 * FLOOR_MS
      const figures = fresh ? known : await today.first(known && COUNT_WAIT_MS)
      if (!figures) return {}
      const { atMs, targets, hours, shift, lastDay } = figures
      return {
        figures: { ...{ atMs, hours, shift, lastDay }, targets: targets.filter(({ priority }) => priority === 1) }
      }
    }
  }
}

interface Kept<T> {
  /** At once; a new one is asked for when the last asking is so long ago. */
  newest(everyMs: number): T | undefined
  /** When the asking under way has ended, or after so long what is known; undefined where nothing is. */
  first(withinMs?: number): Promise<T | undefined>
}

/** A year's report on the same thread keeps nobody waiting who has figures of before. */
function kept<T>(clock: Clock, ask: () => Promise<T>, failed: (error: unknown) => void): Kept<T> {
  let value: T | undefined
  let askedAtMs = -Infinity
  let asking: Promise<void> | undefined
  return {
    newest(everyMs) {
      const nowMs = clock.now()
      if (!asking && (nowMs - askedAtMs >= everyMs || nowMs < askedAtMs)) {
        askedAtMs = nowMs
        asking = ask()
          .then(found => {
            value = found
          }, failed)
          .finally(() => {
            asking = undefined
          })
      }
      return value
    },
    async first(withinMs) {
      const { promise: waitedLong, resolve } = Promise.withResolvers<void>()
      const cancel = withinMs === undefined ? undefined : clock.after(withinMs, resolve)
      await Promise.race([asking, waitedLong])
      cancel?.()
      return value
    }
  }
}
