/** How much room there is: what the file system says, and where it is late with what was just removed, what was removed. */
import { statfsSync } from 'node:fs'

/** Figures that lag behind `unlink` have caught up by then; afterwards the file system alone is believed (a reader may keep a file open). */
const LAG_MS = 30_000

/** The file system as the sweep asks it. */
export interface DiskFigures {
  freeBytes(): number
  /** Of a clock that nobody sets. */
  nowMs(): number
}

export function figuresOf(dir: string): DiskFigures {
  return {
    freeBytes() {
      const { bavail, bsize } = statfsSync(dir)
      return bavail * bsize
    },
    nowMs: () => performance.now()
  }
}

/** `free` before removing, then `removed` what went; `usedBytes` is what the catalogue counts, so that what is written meanwhile counts too. */
export class Room {
  readonly #figures: DiskFigures
  #since: { readonly atMs: number; readonly freeBytes: number; usedBytes: number; removedBytes: number } | undefined

  constructor(figures: DiskFigures) {
    this.#figures = figures
  }

  free(usedBytes: number): number {
    const said = this.#figures.freeBytes()
    const since = this.#since
    if (!since) return said
    if (this.#figures.nowMs() - since.atMs >= LAG_MS) {
      this.#since = undefined
      return said
    }
    const written = Math.max(0, usedBytes - since.usedBytes)
    return Math.max(said, since.freeBytes + since.removedBytes - written)
  }

  /** `freeBytes`: the figure of before; `usedBytes`: the count of after. */
  removed(bytes: number, freeBytes: number, usedBytes: number): void {
    this.#since ??= { atMs: this.#figures.nowMs(), freeBytes, usedBytes: usedBytes + bytes, removedBytes: 0 }
    this.#since.removedBytes += bytes
    this.#since.usedBytes -= bytes
  }
}
