/** Small drawings of the table: the bitrate's line before its usual range, a bar per day, and a day as a strip of states. */
import type { CameraDayDetail } from '../../../../gateway/core/camera-health-wire.ts'
import type { Line } from './figures.ts'

interface SparkProps {
  readonly points: readonly number[]
  readonly usual?: { readonly lowKbps: number; readonly highKbps: number } | undefined
}

const SPARK = { width: 64, height: 18 }

/** Decoration: the figure beside it says the same. */
export function Spark({ points, usual }: SparkProps) {
  const top = Math.max(1, ...points, usual?.highKbps ?? 0)
  const y = (kbps: number) => SPARK.height - 1 - (kbps / top) * (SPARK.height - 2)
  const step = SPARK.width / 29
  const path = points.map(
    (kbps, i) => `${(SPARK.width - (points.length - 1 - i) * step).toFixed(1)},${y(kbps).toFixed(1)}`
  )
  return (
    <svg className="cam-spark" width={SPARK.width} height={SPARK.height} aria-hidden="true">
      {usual && (
        <rect
          x="0"
          width={SPARK.width}
          y={y(usual.highKbps)}
          height={y(usual.lowKbps) - y(usual.highKbps)}
          className="usual"
        />
      )}
      {path.length > 1 && <polyline points={path.join(' ')} />}
    </svg>
  )
}

/** Full height is a hundred percent; what was not watched is a dot. Decoration: the shares stand beside it. */
interface DayBarsProps {
  readonly names: readonly string[]
  readonly days: Line['days']
  readonly height: number
  /** Of one bar with its gap, px. */
  readonly width: number
}

export function DayBars({ names, days, height, width }: DayBarsProps) {
  return (
    <svg className="cam-days" width={days.length * width} height={height} aria-hidden="true">
      {days.map((day, index) => {
        const watched = day ? day[0] + day[1] : 0
        const share = day && watched > 0 ? day[0] / watched : undefined
        // Half the height is nine tenths: what differs between days is the last percent.
        const tall =
          share === undefined ? 2 : Math.max(2, height * (share < 0.9 ? share / 1.8 : 0.5 + (share - 0.9) * 5))
        const kind = share === undefined ? 'none' : share >= 0.99 ? 'good' : share >= 0.9 ? 'fair' : 'bad'
        return (
          <rect
            key={names[index]}
            className={kind}
            x={index * width}
            y={height - tall}
            width={width - 1}
            height={tall}
          />
        )
      })}
    </svg>
  )
}

/** From midnight to midnight; what lies after now is empty. */
export function DayStrip({ detail, nowMs }: { readonly detail: CameraDayDetail; readonly nowMs: number }) {
  const { startMs, endMs, page } = detail
  const changes = page?.changes ?? []
  const at = (ms: number) => (100 * (Math.min(Math.max(ms, startMs), endMs) - startMs)) / (endMs - startMs)
  return (
    <svg className="cam-strip" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      {changes.map(([fromMs, condition], index) => {
        const toMs = changes[index + 1]?.[0] ?? Math.min(nowMs, endMs)
        return (
          <rect
            key={fromMs}
            className={condition}
            x={at(fromMs)}
            width={Math.max(0.15, at(toMs) - at(fromMs))}
            height="10"
          />
        )
      })}
    </svg>
  )
}
