/** The hubs of a worker: one per source that somebody looks at or listens to. */
import type { Clock } from '../../core/ports.ts'
import { LiveHub } from './hub.ts'
import type { Listener } from './listener.ts'
import { SoundHub, type SoundStream } from './sound-hub.ts'
import type { LiveSource } from './source.ts'
import type { Viewer } from './viewer.ts'

interface Hub<Guest> {
  /** How many are there. */
  readonly guests: number
  add(guest: Guest): void
  remove(guest: Guest): void
  close(): void
}

/** Makes a hub for the first guest of a source, and closes it behind the last. */
export class Hubs<Source, Guest, H extends Hub<Guest>> {
  protected readonly hubs = new Map<Source, H>()
  readonly #make: (source: Source) => H

  constructor(make: (source: Source) => H) {
    this.#make = make
  }

  add(source: Source, guest: Guest): void {
    const hub = this.hubs.get(source) ?? this.#make(source)
    this.hubs.set(source, hub)
    hub.add(guest)
  }

  remove(source: Source, guest: Guest): void {
    const hub = this.hubs.get(source)
    hub?.remove(guest)
    if (!hub || hub.guests > 0) return
    hub.close()
    this.hubs.delete(source)
  }
}

export class LiveHubs extends Hubs<LiveSource, Viewer, LiveHub> {
  constructor(clock: Clock) {
    super(source => new LiveHub(source, clock))
  }

  /** Once a second. */
  tick(): void {
    for (const hub of this.hubs.values()) hub.tick()
  }
}

export class SoundHubs extends Hubs<SoundStream, Listener, SoundHub> {
  constructor(clock: Clock) {
    super(stream => new SoundHub(stream, clock))
  }
}
