/** Shifts of the floor as the configuration sets their beginnings, and the log of one: whole for who reads everything, one's own for an operator. */
import { may } from '../access/permissions.ts'
import type { SiteDays } from '../availability/site-day.ts'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { ShiftLog, ShiftSpan } from '../core/shift-log.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Reports } from '../reports/room.ts'

export interface WantedShift {
  readonly day: string
  readonly shift: number
}

export interface ShiftDesk {
  /** The one that runs. */
  running(): ShiftSpan
  /** Without a wish the one that runs; BODY_INVALID for one that there is not. */
  log(wanted: WantedShift | undefined, user: SessionUser): Promise<ShiftLog>
}

const HOUR_MS = 3_600_000

export function createShiftDesk(deps: {
  readonly config: Pick<Config, 'incidents'>
  readonly clock: Clock
  readonly days: SiteDays
  readonly reports: Pick<Reports, 'shift'>
}): ShiftDesk {
  const { clock, days } = deps
  const { shiftStarts: starts, timers } = deps.config.incidents
  const beginning = (day: string, start: string): number => {
    const [hour = 0, minute = 0] = start.split(':').map(Number)
    const ms = days.startMs(day) + hour * HOUR_MS + minute * 60_000
    // On the day on which clocks are changed midnight lies an hour nearer, or farther.
    return ms + (hour - days.at(ms).hour) * HOUR_MS
  }
  const spanOf = (day: string, shift: number): ShiftSpan => {
    const [start, next] = [starts[shift], starts[shift + 1]]
    if (start === undefined)
      throw new GatewayError('BODY_INVALID', { field: 'shift', allowed: `0–${starts.length - 1}` })
    const toMs = next === undefined ? beginning(days.plus(day, 1), starts[0] ?? start) : beginning(day, next)
    return { day, shift, fromMs: beginning(day, start), toMs }
  }
  const running = (): ShiftSpan => {
    const { day } = days.at(clock.now())
    // Before the first one of today it is the last one of yesterday.
    const all = [days.plus(day, -1), day].flatMap(each => starts.map((_, shift) => spanOf(each, shift)))
    return all.findLast(({ fromMs }) => fromMs <= clock.now()) ?? spanOf(day, 0)
  }
  return {
    running,
    async log(wanted, user) {
      if (wanted && days.at(days.startMs(wanted.day)).day !== wanted.day)
        throw new GatewayError('BODY_INVALID', { field: 'day', why: 'no such day' })
      const span = wanted ? spanOf(wanted.day, wanted.shift) : running()
      if (span.fromMs > clock.now()) throw new GatewayError('BODY_INVALID', { field: 'day', why: 'it has not begun' })
      const own = user.role === 'operator' ? { userId: user.userId, login: user.login } : undefined
      const log = await deps.reports.shift({ ...span, starts, timers, nowMs: clock.now(), ...(own ? { own } : {}) })
      return may(user, 'incident.read') ? log : figuresOnly(log)
    }
  }
}

/** An administrator has no incident rights: who called is none of his business. */
const figuresOnly = (log: ShiftLog): ShiftLog => ({
  ...log,
  incidents: [],
  troubles: [],
  handOvers: [],
  withheld: true
})
