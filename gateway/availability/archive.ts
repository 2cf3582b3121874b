/** Days, habits and announced work of cameras in the store: read at the start, written each minute, cleared after 400 days. */
import { type CameraId, id } from '../core/brand.ts'
import { type CameraDay, cameraDayKey } from '../core/camera-health.ts'
import type { Commit, DocumentRow, Store } from '../core/store.ts'
import type { DayBook } from './day-book.ts'
import type { Learned, LearnedBody } from './learned.ts'
import type { SiteDays } from './site-day.ts'

const DAY = 'camera.day'
const LEARNED = 'camera.learned'
/** As many as one query gives. */
const PAGE_ROWS = 5_000
/** Small transactions: an alarm must not wait behind a thousand cameras. */
const WRITE_ROWS = 200

/** A past day as the bars need it, seconds. */
export interface DayFigures {
  readonly liveS: number
  readonly downS: number
  readonly plannedS: number
}

export interface ArchiveDeps {
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly days: SiteDays
  readonly keptDays: number
  /** UTC ms by which ages are judged: no clock that jumps ahead removes what is young. */
  keepNow(): number
}

/** How many days the page shows; they are kept in memory. */
export const SHOWN_DAYS = 30

export class Archive {
  readonly #deps: ArchiveDeps
  readonly #past = new Map<CameraId, Map<string, DayFigures>>()
  readonly #written = new Map<string, string>()
  #prunedDay = ''

  constructor(deps: ArchiveDeps) {
    this.#deps = deps
  }

  /** Gives today's pages back to the book and keeps the figures of the days before. */
  async load(nowMs: number, book: DayBook, learned: Learned): Promise<void> {
    const { days } = this.#deps
    const today = days.at(nowMs).day
    for await (const { key, body } of this.#rows(DAY, days.plus(today, 1 - SHOWN_DAYS))) {
      const [day, cameraId] = splitDay(key)
      if (day === today) book.restore(day, cameraId, body as CameraDay)
      else this.#keep(day, cameraId, figuresOf(body as CameraDay))
    }
    for await (const { key, body } of this.#rows(LEARNED)) learned.restore(id<CameraId>(key), body as LearnedBody)
  }

  past(cameraId: CameraId): ReadonlyMap<string, DayFigures> {
    return this.#past.get(cameraId) ?? new Map()
  }

  /** A day that may be over, as it was written last. */
  async day(day: string, cameraId: CameraId): Promise<CameraDay | undefined> {
    const key = cameraDayKey(day, cameraId)
    const [row] = await this.#deps.store.documents({ kind: DAY, fromKey: key, toKey: `${key}\0`, limit: 1 })
    return row?.body as CameraDay | undefined
  }

  /** Writes what has changed; rejects when the store cannot, and everything is written the next time. */
  async write(nowMs: number, book: DayBook, learned: Learned): Promise<void> {
    const today = this.#deps.days.at(nowMs).day
    const pages = book.pages()
    const rows: DocumentRow[] = pages.map(({ day, cameraId, page }) => ({
      kind: DAY,
      key: cameraDayKey(day, cameraId),
      body: page
    }))
    await this.#commit(rows.filter(row => this.#written.get(row.key) !== JSON.stringify(row.body)))
    for (const { day, cameraId, page } of pages) if (day < today) this.#keep(day, cameraId, figuresOf(page))
    book.forgetBefore(today)
    for (const key of this.#written.keys()) if (key < today) this.#written.delete(key)
    const habits = learned.takeDirty()
    await this.#commit(habits.map(({ cameraId, body }) => ({ kind: LEARNED, key: cameraId, body })))
    const keptDay = this.#deps.days.at(this.#deps.keepNow()).day
    if (this.#prunedDay !== keptDay) await this.#prune(keptDay)
  }

  async #commit(rows: readonly DocumentRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += WRITE_ROWS) {
      const some = rows.slice(from, from + WRITE_ROWS)
      await this.#deps.commit({ documents: some })
      for (const { kind, key, body } of some) if (kind === DAY) this.#written.set(key, JSON.stringify(body))
    }
  }

  /** Once a day, and again at the next checkpoint until nothing is left. */
  async #prune(today: string): Promise<void> {
    const { store, days, keptDays } = this.#deps
    const toKey = days.plus(today, -keptDays)
    const old = await store.documents({ kind: DAY, toKey, limit: WRITE_ROWS })
    await this.#commit(old.map(({ key }) => ({ kind: DAY, key, body: undefined })))
    const shownFrom = days.plus(today, 1 - SHOWN_DAYS)
    for (const past of this.#past.values()) for (const day of past.keys()) if (day < shownFrom) past.delete(day)
    if (old.length < WRITE_ROWS) this.#prunedDay = today
  }

  async *#rows(kind: string, fromKey = ''): AsyncGenerator<{ readonly key: string; readonly body: object }> {
    for (let from = fromKey; ; ) {
      const rows = await this.#deps.store.documents({ kind, fromKey: from, limit: PAGE_ROWS })
      yield* rows
      const last = rows.at(-1)
      if (!last || rows.length < PAGE_ROWS) return
      from = `${last.key}\0`
    }
  }

  #keep(day: string, cameraId: CameraId, figures: DayFigures): void {
    const known = this.#past.get(cameraId)
    if (known) known.set(day, figures)
    else this.#past.set(cameraId, new Map([[day, figures]]))
  }
}

export function figuresOf({ liveS, downS, plannedS }: CameraDay): DayFigures {
  return { liveS, downS: Object.values(downS).reduce((sum, seconds) => sum + seconds, 0), plannedS }
}

function splitDay(key: string): readonly [string, CameraId] {
  const at = key.indexOf('/')
  return [key.slice(0, at), id<CameraId>(key.slice(at + 1))]
}
