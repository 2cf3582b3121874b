/** Signals of a running call on their way into the journal: a failed write is tried again by itself, since the caller will hardly press again. */
import type { AdapterHost, Remember } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'

const RETRY_MS = 2_000
const TRIES = 30

export class Raiser {
  readonly #host: AdapterHost
  /** Failed writes that will be tried again. */
  readonly #waiting = new Set<() => void>()

  constructor(host: AdapterHost) {
    this.#host = host
  }

  /** One try. */
  async store(signal: Signal, remember?: Remember): Promise<boolean> {
    try {
      await this.#host.accept(signal, remember)
      return true
    } catch (error) {
      this.#host.reject('journalUnavailable', signal.origin, error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** Resolves after the first try; `later` is called when a further one has stored it. */
  async raise(signal: Signal, later: () => void = () => {}, tries = TRIES): Promise<boolean> {
    const stored = await this.store(signal)
    if (!stored && tries > 1) this.#again(signal, later, tries - 1)
    return stored
  }

  /** Nothing is tried again. */
  close(): void {
    for (const cancel of this.#waiting) cancel()
    this.#waiting.clear()
  }

  #again(signal: Signal, later: () => void, tries: number): void {
    const cancel = this.#host.clock.after(RETRY_MS, async () => {
      this.#waiting.delete(cancel)
      if (await this.raise(signal, later, tries)) later()
    })
    this.#waiting.add(cancel)
  }
}
