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
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, month: '2-digit', day: '2-digit' })
  const today = () => format.format(clock.now()).replace('-', '')
  let day = today()
  let count = await lastNumber(day, clock.now() - 36 * 3_600_000)
  return {
    next() {
      if (today() !== day) {
        day = today()
        count = 0
      }
      count += 1
      return `${day}-${String(count).padStart(4, '0')}`
    }
  }
}
