/** Days as the site counts them: by its time zone, 23 to 25 hours long where clocks are changed. */

const HOUR_MS = 3_600_000

export interface SiteTime {
  /** `2026-11-28`. */
  readonly day: string
  readonly hour: number
}

export interface SiteDays {
  at(ms: number): SiteTime
  /** First millisecond of a day, UTC; accepts only what `at` gives. */
  startMs(day: string): number
  /** The day so many days later, or earlier. */
  plus(day: string, days: number): string
}

/** `timeZone` is an IANA name that the configuration has checked. */
export function createSiteDays(timeZone: string): SiteDays {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23'
  })
  // Zones change on quarters of an hour only: within one the answer stands.
  let cached: { readonly quarter: number; readonly time: SiteTime } | undefined
  const at = (ms: number): SiteTime => {
    const quarter = Math.floor(ms / (HOUR_MS / 4))
    if (cached?.quarter === quarter) return cached.time
    const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    const time = {
      day: `${part.get('year')}-${part.get('month')}-${part.get('day')}`,
      hour: Number(part.get('hour'))
    }
    cached = { quarter, time }
    return time
  }
  return {
    at,
    startMs(day) {
      // Midnight lies within 14 hours of midnight UTC; some zones have days that begin at one o'clock.
      const utcMs = Date.parse(`${day}T00:00:00Z`)
      for (let ms = utcMs - 15 * HOUR_MS; ms <= utcMs + 15 * HOUR_MS; ms += HOUR_MS / 4)
        if (at(ms).day === day) return ms
      return utcMs
    },
    plus: (day, days) => new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * HOUR_MS).toISOString().slice(0, 10)
  }
}
