/** What the charts of times are drawn to: the target of P1 and a round top. Pure. */
import type { IncidentReport, Measured, ReportBy } from '../../../../gateway/core/report.ts'

const TOPS_S = [20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600] as const
const HOUR_S = 3_600
/** As gateway/core/report.ts: arrival in the city. */
const CITY_MS = 5 * 60_000

/** The tightest of P1; arrival as in the city. */
export function targetOf({ targets }: Pick<IncidentReport, 'targets'>, measured: Measured): number {
  const all = targets.filter(line => line.priority === 1 && line.measured === measured).map(line => line.withinMs)
  return all.length > 0 ? Math.min(...all) : CITY_MS
}

/** The next round time that is not below any of them, ms; beyond an hour whole hours. */
export function ceilingOf(timesMs: readonly number[]): number {
  const mostS = Math.max(...timesMs) / 1_000
  return 1_000 * (TOPS_S.find(each => each >= mostS) ?? Math.ceil(mostS / HOUR_S) * HOUR_S)
}

/** Of a day the month and the day. */
const shortOf = (name: string, by: ReportBy): string => (by === 'day' || by === 'week' ? name.slice(5) : name)

/** Widths at 12 px, rather too wide than too narrow. */
const CJK_PX = 12.5
const LATIN_PX = 7.2
const GAP_PX = 8
/** Names in full where at least every third has room, else cut to about eight characters. */
const SPARSEST = 3
const CUT_PX = 72

const pxOf = (text: string): number =>
  [...text].reduce((sum, each) => sum + (/[\u2e80-\uffef]/.test(each) ? CJK_PX : LATIN_PX), 0)

function cutTo(text: string, px: number): string {
  if (pxOf(text) <= px) return text
  const characters = [...text]
  while (characters.length > 1 && pxOf(`${characters.join('')}…`) > px) characters.pop()
  return `${characters.join('')}…`
}

const isTime = (by: ReportBy): boolean => by === 'day' || by === 'week' || by === 'month' || by === 'hour'

export interface AxisLabel {
  readonly index: number
  readonly text: string
  /** Its middle. */
  readonly x: number
}

/** Names below bars that are `pitch` px apart from `left` on: none over another, none over the edges. */
export function labelsOf(
  names: readonly string[],
  by: ReportBy,
  { left, pitch }: { left: number; pitch: number }
): readonly AxisLabel[] {
  const short = names.map(name => shortOf(name, by))
  const widest = Math.max(0, ...short.map(pxOf))
  const px =
    widest + GAP_PX <= SPARSEST * pitch ? widest : Math.min(widest, Math.max(CUT_PX, SPARSEST * pitch - GAP_PX))
  const every = Math.max(1, Math.ceil((px + GAP_PX) / pitch))
  const right = left + names.length * pitch
  const found: AxisLabel[] = []
  let [next, end] = [0, -Infinity]
  for (const [index, name] of short.entries()) {
    if (index < next) continue
    const text = cutTo(name, px)
    const half = pxOf(text) / 2
    // At the edges it moves inward.
    const x = Math.min(Math.max(left + (index + 0.5) * pitch, left + half), right - half)
    const free = x - half >= end
    // Days keep their step; the next name stands where there is room.
    if (!free && !isTime(by)) continue
    next = index + every
    if (!free) continue
    end = x + half + GAP_PX / 2
    found.push({ index, text, x })
  }
  return found
}
