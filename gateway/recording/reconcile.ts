/** Brings recordings into the catalogue that lie on disk without a row: the disk is walked in small stretches, and again every hour. */
import type { Log } from '../core/ports.ts'
import type { RecordingStore, StrayRecordings } from '../core/recording.ts'

/** Steps of rest after the last stretch, one a second. */
const REST_STEPS = 3600

export interface ReconcilerDeps {
  readonly store: Pick<RecordingStore, 'strays'>
  readonly log: Log
  /** To the workers: they mend a file that a crash tore, and report it as any other. */
  adopt(strays: readonly StrayRecordings[]): void
}

/** `step` once a second while the catalogue is known; `restart` when it may have lost rows. */
export class Reconciler {
  readonly #deps: ReconcilerDeps
  #after: string | undefined
  #rest = 0
  #busy = false
  #round = 0

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps
  }

  restart(): void {
    this.#after = undefined
    this.#rest = 0
    this.#round += 1
  }

  async step(): Promise<void> {
    if (this.#busy) return
    if (this.#rest > 0) {
      this.#rest -= 1
      return
    }
    this.#busy = true
    const round = this.#round
    try {
      const { found, next } = await this.#deps.store.strays(this.#after)
      if (found.length > 0) {
        const files = found.reduce((sum, each) => sum + each.startsMs.length, 0)
        this.#deps.log.warn({ files }, 'recordings lie on disk that the catalogue does not name; they are taken in')
        this.#deps.adopt(found)
      }
      if (round !== this.#round) return
      this.#after = next
      if (next === undefined) this.#rest = REST_STEPS
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'the disk could not be compared with the catalogue; tried again')
    } finally {
      this.#busy = false
    }
  }
}
