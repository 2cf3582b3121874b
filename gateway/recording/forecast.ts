/** For how many days the room on the disk will do, camera by camera, before it has run out. */

export interface ForecastCamera {
  readonly bytesPerDay: number
  /** Days wanted. */
  readonly days: number
}

/**
 * The oldest goes first whoever recorded it, so all cameras are kept back to the same moment, and those with fewer days less:
 * the days T with Σ rate × min(days, T) = capacity. Infinity when everything fits.
 */
export function horizonDays(cameras: readonly ForecastCamera[], capacityBytes: number): number {
  const byDays = [...cameras].sort((a, b) => a.days - b.days)
  let rate = byDays.reduce((sum, each) => sum + each.bytesPerDay, 0)
  let [left, days] = [Math.max(0, capacityBytes), 0]
  for (const camera of byDays) {
    const step = (camera.days - days) * rate
    if (step > left) return days + left / rate
    left -= step
    days = camera.days
    rate -= camera.bytesPerDay
  }
  return Number.POSITIVE_INFINITY
}
