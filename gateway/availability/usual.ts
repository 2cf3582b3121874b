/** The bitrate that is usual for a camera at an hour of the day: learned slowly, with its spread; pure. */

/** One hour of the day: smoothed mean and deviation in kbit/s, and how many minutes taught it. */
export type UsualHour = readonly [meanKbps: number, deviationKbps: number, minutes: number]
/** 24 hours of the site's day; `undefined` where nothing was learned yet. */
export type Usual = readonly (UsualHour | undefined)[]

export interface Range {
  readonly lowKbps: number
  readonly highKbps: number
}

/** Minutes of an hour of the day before it may judge: two evenings, not one. */
const LEARNED_MINUTES = 90
/** Share of a new minute: about ten days of an hour's minutes. */
const SHARE = 1 / 600

export const NOTHING_USUAL: Usual = Array.from({ length: 24 }, () => undefined)

/** Call once a minute while the stream is live and nothing is wrong with its rate: what is wrong must not become usual. */
export function learn(usual: Usual, hour: number, kbps: number): Usual {
  const known = usual[hour]
  return usual.with(hour, known ? taught(known, kbps) : [kbps, 0, 1])
}

/** The range of an hour, from itself and the hours beside it; undefined until enough is known. */
export function usualRange(usual: Usual, hour: number): Range | undefined {
  const hours = [hour - 1, hour, hour + 1].flatMap(h => {
    const known = usual[(h + 24) % 24]
    return known ? [known] : []
  })
  const minutes = hours.reduce((sum, [, , n]) => sum + n, 0)
  if (minutes < LEARNED_MINUTES) return undefined
  // Wide on purpose: rain, a crowd or a still night are no faults; a rate control that broke is far outside.
  const low = Math.min(...hours.map(([mean, deviation]) => Math.max(mean * 0.25, mean - 6 * deviation) * 0.5))
  const high = Math.max(...hours.map(([mean, deviation]) => Math.max(mean * 2, mean + 6 * deviation) * 1.25))
  return { lowKbps: Math.round(low), highKbps: Math.round(high) }
}

function taught([mean, deviation, minutes]: UsualHour, kbps: number): UsualHour {
  const share = Math.max(SHARE, 1 / (minutes + 1))
  const off = kbps - mean
  return [
    Math.round((mean + off * share) * 10) / 10,
    Math.round((deviation + (Math.abs(off) - deviation) * share) * 10) / 10,
    Math.min(minutes + 1, 100_000)
  ]
}
