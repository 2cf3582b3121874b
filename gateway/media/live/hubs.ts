/** The hubs of a worker: one per source that somebody looks at. */
import type { Clock } from '../../core/ports.ts'
import { LiveHub } from './hub.ts'
import type { LiveSource } from './source.ts'
import type { Viewer } from './viewer.ts'

export class LiveHubs {
  readonly #clock: Clock
  readonly #hubs = new Map<LiveSource, LiveHub>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(source: LiveSource, viewer: Viewer): void {
    const hub = this.#hubs.get(source) ?? new LiveHub(source, this.#clock)
    this.#hubs.set(source, hub)
    hub.add(viewer)
  }

  remove(source: LiveSource, viewer: Viewer): void {
    const hub = this.#hubs.get(source)
    hub?.remove(viewer)
    if (!hub || hub.viewers > 0) return
    hub.close()
    this.#hubs.delete(source)
  }

  /** Once a second. */
  tick(): void {
    for (const hub of this.#hubs.values()) hub.tick()
  }
}
