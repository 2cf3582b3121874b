/** Decides what is recorded and what is kept: orders to the workers, the catalogue, retention, and what the floor must know of it. */
import type { CameraId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Media } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import {
  OPEN_INCIDENT_HOLD,
  type RecordingHold,
  type RecordingMark,
  type RecordingOrder,
  type RecordingStore,
  type SweepResult
} from '../core/recording.ts'
import { createWallClock, isWithin, type LocalTime } from '../core/schedule.ts'
import type { CameraRow } from '../core/unit.ts'
import type { RecordingOverview, RecordingTimeline } from '../core/wire.ts'
import { Events, type EventTimes, isEvent, marksOf, windowOf } from './events.ts'
import { Ledger } from './ledger.ts'
import { Motion } from './motion.ts'
import { overviewOf } from './overview.ts'
import { type CameraPolicy, policyOf, type RecordingSettings } from './policy.ts'
import { Reconciler } from './reconcile.ts'
import { timelineOf } from './timeline.ts'

export interface RecordingsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly timeZone: string
  readonly settings: RecordingSettings
  readonly eventTimes: EventTimes
  /** The rows of this moment; another array when one of them has changed. */
  cameras(): readonly CameraRow[]
  readonly store: RecordingStore
  readonly media: Pick<Media, 'record' | 'adopt' | 'onRecorded' | 'health'>
  incidents(): Iterable<Incident>
  /** On the disk of the recordings, asked where the catalogue cannot say it. */
  freeBytes(): Promise<number>
  /** UTC ms by which ages are judged: no clock that jumps ahead removes what is young. */
  keepNow(): number
  /** Everything that must not be removed, of open incidents and by order of leaders. */
  holds(): Promise<readonly RecordingHold[]>
  /** What the floor must know; undefined: all is well again. */
  tell(what: 'recordingFull' | 'recordingShort', data: Readonly<Record<string, number>> | undefined): void
}

export interface Recordings {
  /** Orders are given from now on, also while the catalogue cannot be read. */
  start(): void
  /** Resolves when everything that the workers have told is in the catalogue, or cannot be. */
  stop(): Promise<void>
  /** The catalogue was opened, perhaps anew and empty: everything it must know is told again, and what lies on disk is looked for. */
  catalogueOpened(): void
  incidentChanged(incident: Incident): void
  /** A camera's own detector says that something moves, or that it is over; UTC ms of our clock. */
  motion(cameraId: CameraId, active: boolean, atMs: number): void
  /** What is there, the segment in work included. At most 31 days at once: the rest is cut off. */
  timeline(cameraId: CameraId, fromMs: number, toMs: number): Promise<RecordingTimeline>
  overview(): Promise<RecordingOverview>
  /** Durable when it resolves; nothing of this camera in the interval is deleted until `release`. One that rejects stops all removal until `holds` is known again. */
  hold(hold: RecordingHold): Promise<void>
  release(id: string): Promise<void>
}

const ORDER_MS = 1000
const SWEEP_MS = 10_000
const REVIEW_MS = 60_000
const GB = 1_000_000_000
const MAX_TIMELINE_MS = 31 * 86_400_000
/** A storm changes what is held while it is read; then the next sweep tries. */
const MAX_HOLD_READS = 5
/** Of cameras that nobody lists any more. */
const OTHER_DAYS = 30

export function createRecordings(deps: RecordingsDeps): Recordings {
  return new RecordingRoom(deps)
}

interface Made {
  readonly of: readonly CameraRow[]
  readonly policies: readonly CameraPolicy[]
  readonly watchesMotion: ReadonlySet<CameraId>
}

class RecordingRoom implements Recordings {
  readonly #deps: RecordingsDeps
  readonly #ledger: Ledger
  readonly #reconciler: Reconciler
  readonly #events = new Events()
  readonly #motion: Motion
  readonly #wallClock: (ms: number) => LocalTime
  readonly #stops: (() => void)[] = []
  #made: Made | undefined
  #marked = new Map<string, string>()
  #disk: SweepResult | undefined
  #full = false
  #sweeping = false
  #ordered = ''
  #learned = false
  #holdsKnown = false
  #holdChanges = 0

  constructor(deps: RecordingsDeps) {
    this.#deps = deps
    this.#motion = new Motion({ preRollMs: deps.eventTimes.preRollMs, tailMs: deps.settings.motionTailMs })
    this.#ledger = new Ledger(deps.store, deps.log)
    const adopt = deps.media.adopt.bind(deps.media)
    this.#reconciler = new Reconciler({ store: deps.store, log: deps.log, adopt })
    this.#wallClock = createWallClock(deps.timeZone)
  }

  /** Made anew when an administrator has changed a camera. */
  #now(): Made {
    const of = this.#deps.cameras()
    if (this.#made?.of === of) return this.#made
    const policies = of.map(row => policyOf(row, this.#deps.settings))
    const watching = policies.filter(policy => policy.motion && policy.mode !== 'preRoll')
    this.#made = { of, policies, watchesMotion: new Set(watching.map(policy => policy.cameraId)) }
    return this.#made
  }

  start(): void {
    const { clock, media } = this.#deps
    for (const incident of this.#deps.incidents()) this.incidentChanged(incident)
    this.#stops.push(
      media.onRecorded(segments => this.#ledger.take(segments)),
      clock.every(ORDER_MS, () => {
        this.#order()
        if (this.#learned) void this.#reconciler.step()
      }),
      clock.every(SWEEP_MS, () => void this.#sweep()),
      // Workers that are started again get the last orders: what the catalogue has must be told anew now and then.
      clock.every(REVIEW_MS, () => void this.#review())
    )
    this.#order()
    // Not waited for: what has to be removed after a long pause takes its time, and alarms do not.
    void this.#sweep()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
    await this.#ledger.drain()
  }

  catalogueOpened(): void {
    this.#learned = false
    this.#holdsKnown = false
    this.#holdChanges += 1
    this.#marked.clear()
    this.#ledger.pause()
    this.#reconciler.restart()
    void this.#sweep()
  }

  incidentChanged(incident: Incident): void {
    if (!isEvent(incident) || incident.cameras.length === 0) return
    const window = windowOf(incident, this.#deps.eventTimes)
    this.#events.set(incident, window)
    const key = JSON.stringify(window)
    if (this.#marked.get(incident.id) === key) return
    if (isOpen(incident)) this.#marked.set(incident.id, key)
    else this.#marked.delete(incident.id)
    for (const mark of marksOf(incident, window))
      void this.#deps.store.mark(mark).catch(error => {
        this.#marked.delete(incident.id)
        this.#deps.log.error(
          { incident: incident.number, err: error },
          'an alarm could not be marked in the recordings'
        )
      })
  }

  motion(cameraId: CameraId, active: boolean, atMs: number): void {
    if (!this.#now().watchesMotion.has(cameraId)) return
    const mark = this.#motion.seen(cameraId, active, atMs)
    if (mark) this.#markMotion(mark)
  }

  /** A mark that is lost is no harm; a catalogue that cannot write says so itself. */
  #markMotion(mark: RecordingMark): void {
    this.#deps.store
      .mark(mark)
      .catch(error => this.#deps.log.debug({ camera: mark.cameraId, err: error }, 'motion is not marked'))
  }

  async timeline(cameraId: CameraId, fromMs: number, toMs: number): Promise<RecordingTimeline> {
    const { store } = this.#deps
    const untilMs = Math.min(toMs, fromMs + MAX_TIMELINE_MS)
    const [rows, marks, holds] = await Promise.all([
      store.segments(cameraId, fromMs, untilMs),
      store.marks(cameraId, fromMs, untilMs),
      store.holds(cameraId)
    ])
    const segments = [...rows, ...this.#ledger.inWork(cameraId)]
    return timelineOf({
      cameraId,
      fromMs,
      toMs: untilMs,
      segments,
      marks,
      // What a person has ordered: that an open incident keeps its own goes without saying.
      holds: holds.filter(({ id }) => !id.startsWith(OPEN_INCIDENT_HOLD)),
      oldestMs: this.#ledger.oldestMs(cameraId)
    })
  }

  async overview(): Promise<RecordingOverview> {
    const { clock, media, store, settings } = this.#deps
    const nowMs = clock.now()
    const usage = await store.usage(nowMs)
    this.#ledger.learn(usage)
    return overviewOf({
      nowMs,
      policies: this.#now().policies,
      usage,
      health: media.health(),
      disk: this.#disk ?? { usedBytes: 0, heldBytes: 0, freeBytes: 0 },
      quotaBytes: settings.quotaGb * GB,
      minFreeBytes: settings.minFreeGb * GB
    })
  }

  hold(hold: RecordingHold): Promise<void> {
    return this.#holdChange(this.#deps.store.hold(hold))
  }

  release(id: string): Promise<void> {
    return this.#holdChange(this.#deps.store.release(id))
  }

  async #holdChange(written: Promise<void>): Promise<void> {
    this.#holdChanges += 1
    try {
      await written
    } catch (error) {
      this.#holdsKnown = false
      throw error
    }
  }

  /** Before anything is removed: the catalogue may have been built anew, or have missed what was held while it could not write. */
  async #learnHolds(): Promise<void> {
    for (let n = 0; !this.#holdsKnown; n++) {
      if (n === MAX_HOLD_READS) throw new Error('what is held changes too fast')
      const changes = this.#holdChanges
      const holds = await this.#deps.holds()
      if (changes !== this.#holdChanges) continue
      this.#holdsKnown = true
      await this.#holdChange(this.#deps.store.setHolds(holds))
    }
  }

  async #learn(): Promise<void> {
    if (this.#learned) return
    this.#ledger.learn(await this.#deps.store.usage(this.#deps.clock.now()))
    this.#learned = true
    this.#order(true)
    // What could not be marked meanwhile.
    for (const incident of this.#deps.incidents()) this.incidentChanged(incident)
    this.#ledger.resume()
  }

  /** Told only when something has changed. */
  #order(anew = false): void {
    const nowMs = this.#deps.clock.now()
    for (const mark of this.#motion.ended(nowMs)) this.#markMotion(mark)
    const local = this.#wallClock(nowMs)
    const orders = this.#now().policies.map(policy => this.#orderOf(policy, nowMs, local))
    const key = JSON.stringify(orders.map(({ knownMs, fromMs, ...rest }) => rest))
    if (key === this.#ordered && !anew) return
    this.#ordered = key
    this.#deps.media.record(orders)
  }

  #orderOf({ cameraId, mode, stream, schedule }: CameraPolicy, nowMs: number, local: LocalTime): RecordingOrder {
    const known = this.#learned ? { knownMs: this.#ledger.newestMs(cameraId) } : {}
    const base = { cameraId, mode, stream, ...known, diskFull: this.#full }
    switch (mode) {
      case 'preRoll':
        return base
      case 'continuous':
        return { ...base, cause: 'continuous' }
      case 'schedule':
        return isWithin(schedule, local) ? { ...base, cause: 'schedule' } : base
      case 'events': {
        const since = [this.#events.sinceMs(cameraId, nowMs), this.#motion.sinceMs(cameraId, nowMs)]
        const sinceMs = Math.min(...since.filter(each => each !== undefined))
        return Number.isFinite(sinceMs) ? { ...base, cause: 'event', fromMs: sinceMs } : base
      }
    }
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) return
    this.#sweeping = true
    const { keepNow, store, settings, log } = this.#deps
    const days = this.#now().policies.map(({ cameraId, days: kept }) => ({ cameraId, days: kept }))
    const [quotaBytes, minFreeBytes] = [settings.quotaGb * GB, settings.minFreeGb * GB]
    try {
      await this.#learn()
      for (let more = true; more; ) {
        await this.#learnHolds()
        this.#disk = await store.sweep({ nowMs: keepNow(), days, otherDays: OTHER_DAYS, quotaBytes, minFreeBytes })
        more = this.#disk.more
      }
      if (this.#disk) this.#judgeRoom(this.#disk, quotaBytes, minFreeBytes)
    } catch (error) {
      log.error({ err: error }, 'recordings could not be removed')
      await this.#guardRoom(minFreeBytes)
    } finally {
      this.#sweeping = false
    }
  }

  /** Nothing is removed, and recording goes on: it must not take the room of the alarm journal. */
  async #guardRoom(minFreeBytes: number): Promise<void> {
    try {
      const freeBytes = await this.#deps.freeBytes()
      const nothing = { usedBytes: 0, heldBytes: 0, removed: 0, removedForSpace: 0, more: false }
      this.#judgeRoom({ ...nothing, freeBytes }, 0, minFreeBytes)
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the room for recordings is not known')
    }
  }

  /**
   * Where nothing more may be removed recording pauses with half of the free space left: that half is for evidence and the alarm line. It
   * goes on by itself, with some distance, so that it does not flutter.
   */
  #judgeRoom({ usedBytes, freeBytes, removed }: SweepResult, quotaBytes: number, minFreeBytes: number): void {
    const noDisk = freeBytes < minFreeBytes * (this.#full ? 0.6 : 0.5)
    const noQuota = quotaBytes > 0 && usedBytes > quotaBytes * (this.#full ? 0.98 : 1) && removed === 0
    this.#full = noDisk || noQuota
    this.#order()
    const stopped = this.#deps.media.health().filter(each => each.recording?.state === 'diskFull').length
    const data = { freeMb: Math.round(freeBytes / 1_000_000), cameras: stopped }
    this.#deps.tell('recordingFull', this.#full || stopped > 0 ? data : undefined)
  }

  async #review(): Promise<void> {
    try {
      const { cameras } = await this.overview()
      const short = cameras.filter(each => each.bytesPerDay > 0 && each.forecastDays < each.wantedDays)
      const days = Math.min(...short.map(each => each.forecastDays))
      this.#deps.tell('recordingShort', short.length === 0 ? undefined : { days, cameras: short.length })
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the recordings could not be counted')
    }
    this.#order(true)
  }
}
