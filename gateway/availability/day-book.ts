/** The seconds of every camera's site-day by what it was: live, down by cause, planned; what nobody saw stays unknown. */
import type { CameraId } from '../core/brand.ts'
import type { CameraCause, CameraDay } from '../core/camera-health.ts'
import type { SiteDays } from './site-day.ts'
import type { Judged } from './watch.ts'

/** A longer step of the clock was not watched: the process slept, or the clock was set. */
const MAX_STEP_MS = 5_000
const MAX_CHANGES = 200

interface Page {
  liveMs: number
  plannedMs: number
  troubles: number
  reconnects: number
  readonly downMs: Map<CameraCause, number>
  readonly changes: (readonly [number, Judged['condition'], CameraCause?])[]
}

/** Today's pages in memory, and yesterday's until they have been written a last time. */
export class DayBook {
  readonly #days: SiteDays
  readonly #pages = new Map<string, Map<CameraId, Page>>()
  #lastMs: number

  constructor(days: SiteDays, nowMs: number) {
    this.#days = days
    this.#lastMs = nowMs
  }

  /** What was written before a restart goes on. */
  restore(day: string, cameraId: CameraId, stored: CameraDay): void {
    const page = this.#page(day, cameraId)
    page.liveMs = stored.liveS * 1000
    page.plannedMs = stored.plannedS * 1000
    page.troubles = stored.troubles
    page.reconnects = stored.reconnects
    for (const [cause, seconds] of Object.entries(stored.downS)) page.downMs.set(cause as CameraCause, seconds * 1000)
    page.changes.push(...stored.changes)
  }

  /** Adds the time since the last tick to what each camera is now. */
  tick(nowMs: number, judged: Iterable<readonly [CameraId, Judged]>): void {
    const stepMs = nowMs - this.#lastMs
    this.#lastMs = nowMs
    const counts = stepMs > 0 && stepMs <= MAX_STEP_MS
    const { day } = this.#days.at(nowMs)
    for (const [cameraId, { condition, cause }] of judged) {
      const page = this.#page(day, cameraId)
      const last = page.changes.at(-1)
      if ((last?.[1] !== condition || last[2] !== cause) && page.changes.length < MAX_CHANGES)
        page.changes.push(cause === undefined ? [nowMs, condition] : [nowMs, condition, cause])
      if (!counts) continue
      if (condition === 'planned') page.plannedMs += stepMs
      else if (condition === 'down' && cause) page.downMs.set(cause, (page.downMs.get(cause) ?? 0) + stepMs)
      else if (condition !== 'unknown') page.liveMs += stepMs
    }
  }

  counted(nowMs: number, cameraId: CameraId, what: 'troubles' | 'reconnects', by = 1): void {
    this.#page(this.#days.at(nowMs).day, cameraId)[what] += by
  }

  page(day: string, cameraId: CameraId): CameraDay | undefined {
    const page = this.#pages.get(day)?.get(cameraId)
    return page && written(page)
  }

  /** Every page in memory, for the checkpoint. */
  pages(): readonly { readonly day: string; readonly cameraId: CameraId; readonly page: CameraDay }[] {
    return [...this.#pages].flatMap(([day, pages]) =>
      [...pages].map(([cameraId, page]) => ({ day, cameraId, page: written(page) }))
    )
  }

  /** Pages of past days have been written: they are history now. */
  forgetBefore(day: string): void {
    for (const each of this.#pages.keys()) if (each < day) this.#pages.delete(each)
  }

  #page(day: string, cameraId: CameraId): Page {
    let pages = this.#pages.get(day)
    if (!pages) {
      pages = new Map()
      this.#pages.set(day, pages)
    }
    const known = pages.get(cameraId)
    if (known) return known
    const page: Page = { liveMs: 0, plannedMs: 0, troubles: 0, reconnects: 0, downMs: new Map(), changes: [] }
    pages.set(cameraId, page)
    return page
  }
}

function written(page: Page): CameraDay {
  return {
    liveS: Math.round(page.liveMs / 1000),
    plannedS: Math.round(page.plannedMs / 1000),
    downS: Object.fromEntries([...page.downMs].map(([cause, ms]) => [cause, Math.round(ms / 1000)])),
    troubles: page.troubles,
    reconnects: page.reconnects,
    changes: [...page.changes]
  }
}
