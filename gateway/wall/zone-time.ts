/** Days of the site's time zone as UTC times. Pure. */

const DAY_MS = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  formats.set(timeZone, made)
  return made
}

/** Local minus UTC, ms. */
function offsetMs(ms: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(part => [part.type, Number(part.value)])
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000
}

/** Midnight before `ms`, UTC ms. */
export function startOfDay(ms: number, timeZone: string): number {
  const local = Math.floor((ms + offsetMs(ms, timeZone)) / DAY_MS) * DAY_MS
  const guess = local - offsetMs(ms, timeZone)
  // Where the clock changed since midnight, midnight had another offset.
  return local - offsetMs(guess, timeZone)
}

/** Midnights of the days that touch the interval, ascending. */
export function daysBetween(fromMs: number, toMs: number, timeZone: string): readonly number[] {
  const days: number[] = []
  // A day and a half on is noon or later of the next day, whatever the clock did.
  for (let day = startOfDay(fromMs, timeZone); day <= toMs; day = startOfDay(day + 1.5 * DAY_MS, timeZone))
    days.push(day)
  return days
}
