/** Running numbers of incidents, `MMDD-0001` by the day of the site's time zone. */
import type { Clock } from '../core/ports.ts'

export interface Numbers {
  next(): string
}

/** Looks up the last number of today once, then counts in memory: this room is the only one who opens incidents. */
export async function createNumbers(
  clock: Clock,
  timeZone: string,
  lastNumber: (day: string, sinceMs: number) => Promise<number>
): Promise<Numbers> {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  /** `2026-11-22`, which sorts. */
  const today = () => format.format(clock.now())
  const prefix = (date: string) => date.slice(5).replace('-', '')
  let day = today()
  let count = await lastNumber(prefix(day), clock.now() - 36 * 3_600_000)
  return {
    next() {
      // A clock set back over midnight goes on with the later day: its numbers are given already, the earlier day's too.
      if (today() > day) {
        day = today()
        count = 0
      }
      count += 1
      return `${prefix(day)}-${String(count).padStart(4, '0')}`
    }
  }
}
