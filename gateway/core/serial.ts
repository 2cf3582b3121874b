/** One queue per key: work of one key runs in order, different keys side by side. */
import { createTurns, type Turns } from './turns.ts'

export interface Serial {
  /** Runs after everything given before for this key; a failure reaches its own caller only. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is under way; hundreds may wait behind thousands of keys, so a waiter costs the same however many there are. */
  idle(): Promise<void>
  /** Resolves when nothing of this key is. */
  idleOf(key: string): Promise<void>
}

/** Work begins in a later turn of the event loop: whoever waits for an acknowledgement goes first. */
export const createPatientSerial = (): Serial => createSerial(createTurns())

/** With `turns` work begins in a later turn of the event loop. */
export function createSerial(turns?: Turns): Serial {
  const tails = new Map<string, Promise<unknown>>()
  let empty: PromiseWithResolvers<void> | undefined
  return {
    run(key, begin) {
      const work = turns ? () => new Promise<void>(resolve => turns.add(resolve)).then(begin) : begin
      const before = tails.get(key)
      const result = before ? before.then(work, work) : work()
      const tail = result.catch(() => {})
      tails.set(key, tail)
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key)
        if (tails.size > 0) return
        empty?.resolve()
        empty = undefined
      })
      return result
    },
    async idle() {
      while (tails.size > 0) {
        empty ??= Promise.withResolvers()
        await empty.promise
      }
    },
    async idleOf(key) {
      while (tails.has(key)) await tails.get(key)
    }
  }
}
