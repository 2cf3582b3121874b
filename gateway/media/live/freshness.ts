/** Whether a live picture stands still, and who has to be told. */
import type { Clock } from '../../core/ports.ts'
import { STALE_MS } from '../ingest/stream.ts'
import type { LiveSource } from './source.ts'

export class Freshness {
  #stale = false
  readonly #stream: LiveSource
  readonly #clock: Clock

  constructor(stream: LiveSource, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  get stale(): boolean {
    return this.#stale
  }

  /** The message for all viewers where it changed. */
  change(): string | undefined {
    const last = this.#stream.lastFrameAtMs
    const stale =
      last === undefined ? this.#stream.health().state !== 'connecting' : Math.abs(this.#clock.now() - last) >= STALE_MS
    if (stale === this.#stale) return undefined
    this.#stale = stale
    return stale ? this.staleMessage() : '{"type":"live"}'
  }

  staleMessage(): string {
    return JSON.stringify({ type: 'stale', lastFrameAtMs: this.#stream.lastFrameAtMs })
  }
}
