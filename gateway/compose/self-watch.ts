/** Watches the gateway itself once a second and tells the floor: a storm, a backlog, a flood of strangers, clients cut, a dead worker. */
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import { CALM, stormAt, stormWith } from '../core/storm.ts'
import type { Metrics } from '../supervise/metrics.ts'
import type { Notices } from './notices.ts'

export interface SelfWatchDeps {
  readonly clock: Clock
  readonly notices: Notices
  readonly metrics: Pick<Metrics, 'shed'>
  /** Signals accepted and not yet worked. */
  backlog(): number
  /** Of these, signals that could not be worked: one is enough to be told. */
  failed(): number
  /** Feed clients cut since the start. */
  cut(): number
  workers(): readonly { readonly index: number; readonly pid: number; readonly restarts: number }[]
  incidents(): Iterable<Incident>
}

export interface SelfWatch {
  opened(incident: Incident): void
  /** A signal of a stranger went beyond what its address may send (rule 7). */
  strangers(host: string): void
  stop(): void
}

const EVERY_MS = 1_000
const BACKLOG_ABOVE = 100
const BACKLOG_MS = 2_000
/** A notice of something that happened stays this long after it happened last. */
const SHOWN_MS = 60_000
/** A worker comes back within 50 ms: the notice stays long enough to be read. */
const WORKER_SHOWN_MS = 10_000
/** More flooding addresses than this are no news. */
const MAX_HOSTS = 10

/** Runs until stopped. */
export function watchSelf(deps: SelfWatchDeps): SelfWatch {
  const { clock, notices } = deps
  let storm = CALM
  /** Times of the alarms since the last look. */
  let openedMs: number[] = []
  let busySinceMs: number | undefined
  const cut = { seen: deps.cut(), shown: 0, lastMs: 0 }
  const floods = new Map<string, { count: number; lastMs: number }>()
  const workers = new Map<number, { restarts: number; lastMs: number }>()

  const lookAtStorm = (nowMs: number): void => {
    storm = stormAt(stormWith(storm, openedMs), nowMs)
    openedMs = []
    if (!storm.active) {
      notices.clear('storm')
      return
    }
    // What the console groups by itself: P3 to P5, by class and grid cell. P1 and P2 stay single.
    const groups = new Set<string>()
    let count = 0
    for (const each of deps.incidents()) {
      if (each.priority < 3 || !isOpen(each)) continue
      count += 1
      groups.add(`${each.alarmClass}/${each.subject.gridCell?.id ?? ''}`)
    }
    const data = { count, groups: groups.size, alarms: storm.recentMs.length }
    notices.set('storm', { level: 'warning', code: 'storm', data })
  }
  const lookAtBacklog = (nowMs: number): void => {
    const count = deps.backlog()
    busySinceMs = count > BACKLOG_ABOVE ? (busySinceMs ?? nowMs) : undefined
    if (deps.failed() > 0) notices.set('backlog', { level: 'critical', code: 'backlog', data: { count } })
    else if (busySinceMs === undefined) notices.clear('backlog')
    else if (nowMs - busySinceMs >= BACKLOG_MS)
      notices.set('backlog', { level: 'warning', code: 'backlog', data: { count } })
  }
  const lookAtCuts = (nowMs: number): void => {
    const more = deps.cut() - cut.seen
    cut.seen += more
    if (more > 0) {
      deps.metrics.shed('feedClient', more)
      cut.shown += more
      cut.lastMs = nowMs
      notices.set('shed', { level: 'warning', code: 'shed', data: { kind: 'feedClient', count: cut.shown } })
    } else if (cut.shown > 0 && nowMs - cut.lastMs >= SHOWN_MS) {
      cut.shown = 0
      notices.clear('shed')
    }
  }
  const lookAtFloods = (nowMs: number): void => {
    for (const [host, { count, lastMs }] of floods) {
      const key = `flood:${host}`
      if (nowMs - lastMs < SHOWN_MS) {
        notices.set(key, { level: 'warning', code: 'unknownFlood', data: { origin: host, count } })
      } else {
        floods.delete(host)
        notices.clear(key)
      }
    }
  }
  const lookAtWorkers = (nowMs: number): void => {
    for (const { index, pid, restarts } of deps.workers()) {
      const known = workers.get(index) ?? { restarts: 0, lastMs: Number.NEGATIVE_INFINITY }
      if (restarts > known.restarts || pid === 0) workers.set(index, { restarts, lastMs: nowMs })
      const { lastMs } = workers.get(index) ?? known
      if (nowMs - lastMs < WORKER_SHOWN_MS)
        notices.set(`worker:${index}`, { level: 'warning', code: 'workerDown', data: { index } })
      else notices.clear(`worker:${index}`)
    }
  }

  const stop = clock.every(EVERY_MS, () => {
    const nowMs = clock.now()
    for (const look of [lookAtStorm, lookAtBacklog, lookAtCuts, lookAtFloods, lookAtWorkers]) look(nowMs)
  })
  return {
    opened(incident) {
      openedMs.push(incident.openedAtMs)
    },
    strangers(host) {
      const known = floods.get(host)
      if (!known && floods.size >= MAX_HOSTS) return
      floods.set(host, { count: (known?.count ?? 0) + 1, lastMs: clock.now() })
    },
    stop
  }
}
