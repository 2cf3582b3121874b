/** Dates and times as they are typed and shown on the playback page, in the site's own zone. */

const DAY_MS = 86_400_000

interface Fields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function fieldsOf(ms: number, zone: string): Fields {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit'
    })
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const of = (name: string) => parts[name] ?? 0
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
    second: of('second')
  }
}

function utcOf({ year, month, day, hour, minute, second }: Fields): number {
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** How far the site's clock is ahead of UTC at a time, ms. */
export function zoneOffsetMs(ms: number, zone: string): number {
  return utcOf(fieldsOf(ms, zone)) - Math.floor(ms / 1_000) * 1_000
}

/** `2026-11-22 03:12:31`. */
export function siteTimeText(ms: number, zone: string): string {
  return new Date(Math.floor(ms / 1_000) * 1_000 + zoneOffsetMs(ms, zone)).toISOString().slice(0, 19).replace('T', ' ')
}

/**
 * UTC ms of `2026-11-22 03:12:31`, `11-22 03:12`, `03:12:31` or `031231`; what is left out is the newest that is not in the
 * future. Undefined for what is no time.
 */
export function parseSiteTime(text: string, zone: string, nowMs: number): number | undefined {
  const typed = text.trim().replaceAll('：', ':').replaceAll('/', '-')
  const bare = /^(\d{2})(\d{2})(\d{2})?$/.exec(typed)
  const match =
    /^(?:(?:(\d{4})-)?(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed) ??
    (bare ? [bare[0], undefined, undefined, undefined, bare[1], bare[2], bare[3]] : undefined)
  if (!match) return undefined
  const now = fieldsOf(nowMs, zone)
  const [, year, month, day, hour, minute, second] = match.map(each => (each === undefined ? undefined : Number(each)))
  const fields: Fields = {
    year: year ?? now.year,
    month: month ?? now.month,
    day: day ?? now.day,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0
  }
  const utc = utcOf(fields)
  if (!isReal(fields, utc)) return undefined
  const ms = utc - zoneOffsetMs(utc, zone)
  if (ms <= nowMs) return ms
  if (month === undefined) return ms - DAY_MS
  return year === undefined ? utcOf({ ...fields, year: fields.year - 1 }) - zoneOffsetMs(utc, zone) : ms
}

/** 25:00 and 31 April roll over in Date: then it was no time. */
function isReal(fields: Fields, utc: number): boolean {
  const date = new Date(utc)
  return (
    date.getUTCMonth() === fields.month - 1 &&
    date.getUTCDate() === fields.day &&
    date.getUTCHours() === fields.hour &&
    date.getUTCMinutes() === fields.minute &&
    date.getUTCSeconds() === fields.second
  )
}
