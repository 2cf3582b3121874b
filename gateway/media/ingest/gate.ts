/** Lets a bounded number of connections begin at a time: when the power returns, a thousand cameras come back in the same minute. */
import type { Clock } from '../../core/ports.ts'

/** Log-in, description and set-up of so many cameras keep one core busy for well under a second. */
const PLACES = 100
/** A camera that does not answer keeps nobody else waiting for longer. */
const HOLD_MS = 1000

/** One per worker: `enter`, connect, and call what it gave as soon as the picture runs or the attempt is over. */
export class ConnectGate {
  readonly #clock: Clock
  readonly #queue: (() => void)[] = []
  #free: number

  constructor(clock: Clock, places = PLACES) {
    this.#clock = clock
    this.#free = places
  }

  get waiting(): number {
    return this.#queue.length
  }

  /** In the order of coming; an aborted one passes through at once. */
  async enter(abort: AbortSignal): Promise<() => void> {
    if (abort.aborted) return () => undefined
    if (this.#free > 0) this.#free--
    else if (!(await this.#wait(abort))) return () => undefined
    let left = false
    const leave = (): void => {
      if (left) return
      left = true
      cancel()
      const next = this.#queue.shift()
      if (next) next()
      else this.#free++
    }
    const cancel = this.#clock.after(HOLD_MS, leave)
    return leave
  }

  /** False when it was aborted meanwhile. */
  #wait(abort: AbortSignal): Promise<boolean> {
    return new Promise(resolve => {
      const admit = (): void => {
        abort.removeEventListener('abort', giveUp)
        resolve(true)
      }
      const giveUp = (): void => {
        this.#queue.splice(this.#queue.indexOf(admit), 1)
        resolve(false)
      }
      this.#queue.push(admit)
      abort.addEventListener('abort', giveUp, { once: true })
    })
  }
}
