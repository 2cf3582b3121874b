/** Runs at most so many tasks at the same time; the rest waits in order. */
export class Lanes {
  #free: number
  readonly #waiting: (() => void)[] = []
  readonly #running = new Set<Promise<unknown>>()

  constructor(count: number) {
    this.#free = count
  }

  /** Settles as the task does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const running = this.#enter()
      .then(task)
      .finally(() => {
        this.#running.delete(running)
        this.#leave()
      })
    this.#running.add(running)
    return running
  }

  /** Resolves when nothing runs or waits any more; tasks' failures are their callers'. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve()
    }
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}
