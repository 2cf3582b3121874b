/** Weekly spans in the site's time zone. Judged by what the clock on the wall says, so that a change of summer time needs no rule. */

/** A weekly span in the site's time zone; `from` after `to` runs over midnight into the next day. */
export interface WeekSpan {
  /** 1 Monday … 7 Sunday; the day on which it begins. */
  readonly days: readonly number[]
  /** `HH:MM`. */
  readonly from: string
  /** `HH:MM`; `24:00` is the end of the day. */
  readonly to: string
}

export interface LocalTime {
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number
  /** Since midnight on the wall clock. */
  readonly minute: number
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Throws RangeError for a zone that does not exist; the configuration was checked for that. */
export function createWallClock(timeZone: string): (ms: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  })
  return ms => {
    const parts = new Map(format.formatToParts(ms).map(part => [part.type, part.value]))
    return {
      weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
      minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
    }
  }
}

export function isWithin(spans: readonly WeekSpan[], { weekday, minute }: LocalTime): boolean {
  return spans.some(({ days, from, to }) => {
    const [begin, end] = [minutes(from), minutes(to)]
    if (begin < end) return days.includes(weekday) && minute >= begin && minute < end
    // Over midnight: the evening belongs to the day named, the morning to the one after it.
    const yesterday = weekday === 1 ? 7 : weekday - 1
    return (days.includes(weekday) && minute >= begin) || (days.includes(yesterday) && minute < end)
  })
}

function minutes(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number)
  return hours * 60 + rest
}
