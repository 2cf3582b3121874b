/** One queue per key: work of one key runs in order, different keys side by side. */
import { createTurns, type Turns } from './turns.ts'

export interface Serial {
  /** Runs after everything given before for this key; a failure reaches its own caller only. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/** Work begins in a later turn of the event loop: whoever waits for an acknowledgement goes first. */
export const createPatientSerial = (): Serial => createSerial(createTurns())

/** With `turns` work begins in a later turn of the event loop. */
export function createSerial(turns?: Turns): Serial {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run(key, begin) {
      const work = turns ? () => new Promise<void>(resolve => turns.add(resolve)).then(begin) : begin
      const before = tails.get(key)
      const result = before ? before.then(work, work) : work()
      const tail = result.catch(() => {})
      tails.set(key, tail)
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
      return result
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values())
    }
  }
}
