/** Repeats a 2xx until its ACK comes (RFC 3261 §13.3.1.4): T1, doubled up to T2, given up after 64 × T1. */
import type { Clock } from '../../gateway/core/ports.ts'
import { GIVE_UP_MS, type ServerTransaction, T1_MS, T2_MS } from './transaction.ts'

/** The returned function stops it; without that `gaveUp` is called at the end. */
export function repeatAnswer(clock: Clock, transaction: ServerTransaction, gaveUp: () => void): () => void {
  let stop: () => void = () => {}
  const wait = (afterMs: number, waitedMs: number): void => {
    stop = clock.after(afterMs, () => {
      if (waitedMs + afterMs >= GIVE_UP_MS) return gaveUp()
      transaction.resend()
      wait(Math.min(2 * afterMs, T2_MS, GIVE_UP_MS - waitedMs - afterMs), waitedMs + afterMs)
    })
  }
  wait(T1_MS, 0)
  return () => stop()
}
