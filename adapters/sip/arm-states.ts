/** Arm states 布防/撤防 set by telephone, kept over restarts and shown; they filter nothing (rule 4). */
import type { AdapterHost, ArmState, Remember } from '../../gateway/core/ports.ts'

/** Numbers share entries, so that a change writes a few hundred bytes and a start reads a few entries. */
const SHELVES = 64
const NUMBER = /^[0-9*#A-Za-z_.+-]{1,64}$/

export class ArmStates {
  readonly #host: AdapterHost

  constructor(host: AdapterHost) {
    this.#host = host
  }

  /** Tells the host of every state that is remembered. */
  show(): void {
    for (let shelf = 0; shelf < SHELVES; shelf++)
      for (const [number, state] of Object.entries(this.#read(shelf))) this.#sight(number, state)
  }

  of(number: string): ArmState {
    return this.#read(shelfOf(number))[number] ?? 'disarmed'
  }

  /** What to journal with the change. */
  entry(number: string, state: ArmState): Remember {
    const shelf = shelfOf(number)
    const kept = NUMBER.test(number) ? { ...this.#read(shelf), [number]: state } : this.#read(shelf)
    return { key: `arm/${shelf}`, value: JSON.stringify(kept) }
  }

  changed(number: string): void {
    this.#sight(number, this.of(number))
  }

  #sight(number: string, state: ArmState): void {
    const atMs = this.#host.clock.now()
    this.#host.sighted({ deviceId: `sip:${number}`, protocol: 'sip', state: 'seen', atMs, arm: { '-': state } })
  }

  #read(shelf: number): Readonly<Record<string, ArmState>> {
    return JSON.parse(this.#host.recall(`arm/${shelf}`) ?? '{}') as Record<string, ArmState>
  }
}

function shelfOf(number: string): number {
  return [...number].reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) % SHELVES, 0)
}
