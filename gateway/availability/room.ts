/** The availability room: watches every camera once a second, tells troubles, and keeps its days through restarts. */
import type { CameraId } from '../core/brand.ts'
import type { CameraDay, CameraTrouble } from '../core/camera-health.ts'
import type { StreamHealth } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import { Archive, type ArchiveDeps, type DayFigures, figuresOf, SHOWN_DAYS } from './archive.ts'
import type { HealthLimits } from './causes.ts'
import { DayBook } from './day-book.ts'
import { Learned } from './learned.ts'
import type { SiteDays } from './site-day.ts'
import type { Range } from './usual.ts'
import { HealthWatch, type Judged, type Told, type TroubleChange, type Watched } from './watch.ts'

/** A camera as the composition root finds it. */
export interface Seen extends Pick<Watched, 'cameraId' | 'groups' | 'planned' | 'claims'> {
  readonly health: StreamHealth | undefined
  /** When the health was heard last; figures that are older than 3 s say nothing. */
  readonly heardAtMs: number
}

export interface AvailabilityOptions extends Omit<ArchiveDeps, 'days'> {
  readonly clock: Clock
  readonly log: Log
  readonly days: SiteDays
  readonly limits: HealthLimits
  readonly told: Told
  cameras(): readonly Seen[]
  /** In order; what it is told it must not lose. */
  changed(changes: readonly TroubleChange[]): void
}

/** What is known of a camera just now. */
export interface Standing {
  readonly judged: Judged
  readonly troubles: readonly CameraTrouble[]
  readonly usual: Range | undefined
  /** kbit/s of the last hour, a figure a minute. */
  readonly minutes: readonly number[]
}

export interface Availability {
  standing(cameraId: CameraId): Standing
  /** The last 30 days, today last; undefined where nothing was observed. */
  days(cameraId: CameraId): { readonly days: readonly string[]; readonly figures: readonly (DayFigures | undefined)[] }
  day(day: string, cameraId: CameraId): Promise<CameraDay | undefined>
  /** Writes the last checkpoint. */
  stop(): Promise<void>
}

const TICK_MS = 1_000
const CHECKPOINT_MS = 60_000
const SILENT_WORKER_MS = 3_000
/** A rate that was wrong for a day is the new one: somebody has set it. */
const NEW_USUAL_MS = 86_400_000

/** Reads what was written before; rejects when the store cannot be read. */
export async function startAvailability(options: AvailabilityOptions): Promise<Availability> {
  const { clock, log, days } = options
  const startedAtMs = clock.now()
  const archive = new Archive(options)
  const book = new DayBook(days, startedAtMs)
  const learned = new Learned()
  await archive.load(startedAtMs, book, learned)
  const watch = new HealthWatch(options.limits, startedAtMs, options.told)
  const reconnects = new Map<CameraId, number>()
  let lastMinute = Math.floor(startedAtMs / 60_000)

  const watched = (seen: Seen, nowMs: number, hour: number): Watched => {
    const silentWorker = seen.health !== undefined && Math.abs(nowMs - seen.heardAtMs) > SILENT_WORKER_MS
    return {
      ...seen,
      unwatched: silentWorker || (seen.health !== undefined && seen.health.signs === undefined),
      usual: learned.range(seen.cameraId, hour),
      format: learned.format(seen.cameraId)
    }
  }
  const count = ({ cameraId, health }: Seen, nowMs: number): void => {
    const now = health?.signs?.reconnects
    if (now === undefined) return
    // The figure of the last hour also falls: only what is added is new.
    const more = now - (reconnects.get(cameraId) ?? now)
    if (more > 0) book.counted(nowMs, cameraId, 'reconnects', more)
    reconnects.set(cameraId, now)
  }
  const minute = (cameras: readonly Seen[], hour: number, nowMs: number): void => {
    for (const { cameraId, health } of cameras) {
      if (!health) continue
      const rated = watch.troubles(cameraId).find(({ cause }) => cause === 'bitrateLow' || cause === 'bitrateHigh')
      if (rated && nowMs - rated.sinceMs > NEW_USUAL_MS && learned.range(cameraId, hour)) learned.forgetRate(cameraId)
      const range = learned.range(cameraId, hour)
      const kbps = health.bitrateKbps ?? 0
      const within = range === undefined || (kbps >= range.lowKbps && kbps <= range.highKbps)
      learned.minute(health, hour, nowMs, health.state === 'live' && within)
    }
  }
  const tick = (): void => {
    const nowMs = clock.now()
    const { hour } = days.at(nowMs)
    const cameras = options.cameras()
    const changes = watch.tick(
      cameras.map(seen => watched(seen, nowMs, hour)),
      nowMs
    )
    book.tick(
      nowMs,
      cameras.map(({ cameraId }) => [cameraId, watch.judged(cameraId)] as const)
    )
    for (const seen of cameras) count(seen, nowMs)
    for (const each of changes)
      if (each.of === 'camera' && each.change === 'raise') book.counted(nowMs, each.cameraId, 'troubles')
    if (Math.floor(nowMs / 60_000) !== lastMinute) {
      lastMinute = Math.floor(nowMs / 60_000)
      minute(cameras, hour, nowMs)
    }
    if (changes.length > 0) options.changed(changes)
  }
  let writing: Promise<void> | undefined
  const checkpoint = (): Promise<void> => {
    writing ??= archive
      .write(clock.now(), book, learned)
      .catch(error => log.warn({ err: error }, 'the days of cameras could not be written; tried again in a minute'))
      .finally(() => {
        writing = undefined
      })
    return writing
  }
  const stops = [clock.every(TICK_MS, tick), clock.every(CHECKPOINT_MS, () => void checkpoint())]

  return {
    standing: cameraId => ({
      judged: watch.judged(cameraId),
      troubles: watch.troubles(cameraId),
      usual: learned.range(cameraId, days.at(clock.now()).hour),
      minutes: learned.minutes(cameraId)
    }),
    days(cameraId) {
      const today = days.at(clock.now()).day
      const shown = Array.from({ length: SHOWN_DAYS }, (_, n) => days.plus(today, n + 1 - SHOWN_DAYS))
      const past = archive.past(cameraId)
      const figures = shown.map(day => {
        const page = book.page(day, cameraId)
        return page ? figuresOf(page) : past.get(day)
      })
      return { days: shown, figures }
    },
    day: async (day, cameraId) => book.page(day, cameraId) ?? archive.day(day, cameraId),
    async stop() {
      for (const stop of stops) stop()
      await writing
      await checkpoint()
    }
  }
}
