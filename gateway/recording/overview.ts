/** What there is, what it costs and how long the room will do: the figures of the administrators' page and of the warning. */
import type { CameraId } from '../core/brand.ts'
import type { StreamHealth } from '../core/media.ts'
import type { RecordingUsage, SweepResult } from '../core/recording.ts'
import type { RecordingOverview } from '../core/wire.ts'
import { horizonDays } from './forecast.ts'
import type { CameraPolicy } from './policy.ts'

const DAY_MS = 86_400_000
/** A shorter recording tells no rate. */
const MEASURED_MS = 600_000

export interface OverviewParts {
  readonly nowMs: number
  readonly policies: readonly CameraPolicy[]
  readonly usage: readonly RecordingUsage[]
  readonly health: readonly StreamHealth[]
  readonly disk: Pick<SweepResult, 'usedBytes' | 'heldBytes' | 'freeBytes'>
  readonly quotaBytes: number
  readonly minFreeBytes: number
}

export function overviewOf(parts: OverviewParts): RecordingOverview {
  const { nowMs, policies, disk, quotaBytes, minFreeBytes } = parts
  const usage = Map.groupBy(parts.usage, each => each.cameraId)
  const health = new Map(parts.health.map(each => [each.cameraId, each]))
  const rates = new Map<CameraId, number>(
    policies.map(policy => [
      policy.cameraId,
      rateOf(policy, usage.get(policy.cameraId) ?? [], health.get(policy.cameraId), nowMs)
    ])
  )
  const onDisk = disk.usedBytes + disk.freeBytes - minFreeBytes
  const capacityBytes = Math.max(0, quotaBytes > 0 ? Math.min(quotaBytes, onDisk) : onDisk)
  const wanted = policies.map(({ cameraId, days }) => ({ bytesPerDay: rates.get(cameraId) ?? 0, days }))
  const horizon = horizonDays(wanted, capacityBytes - disk.heldBytes)
  return {
    usedBytes: disk.usedBytes,
    heldBytes: disk.heldBytes,
    freeBytes: disk.freeBytes,
    capacityBytes,
    cameras: policies.map(({ cameraId, name, mode, stream, days }) => {
      const mine = usage.get(cameraId) ?? []
      const oldestMs = mine.length === 0 ? undefined : Math.min(...mine.map(each => each.oldestMs))
      return {
        cameraId,
        name,
        mode,
        stream,
        state: health.get(cameraId)?.recording?.state ?? 'off',
        bytes: mine.reduce((sum, each) => sum + each.bytes, 0),
        bytesPerDay: Math.round(rates.get(cameraId) ?? 0),
        oldestMs,
        wantedDays: days,
        keptDays: oldestMs === undefined ? 0 : tenths((nowMs - oldestMs) / DAY_MS),
        forecastDays: tenths(Math.min(days, horizon))
      }
    })
  }
}

/** Bytes a day: as measured over the last day, else what a camera that is recorded all the time sends now. */
function rateOf(
  policy: CameraPolicy,
  usage: readonly RecordingUsage[],
  health: StreamHealth | undefined,
  nowMs: number
): number {
  const oldestMs = Math.min(...usage.map(each => each.oldestMs))
  const measuredMs = Math.min(DAY_MS, nowMs - oldestMs)
  if (measuredMs >= MEASURED_MS) return (usage.reduce((sum, each) => sum + each.dayBytes, 0) * DAY_MS) / measuredMs
  return policy.mode === 'continuous' ? (health?.bitrateKbps ?? 0) * 125 * 86_400 : 0
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
