/** Who is to be on duty now, by the rota 勤务表 of each unit. */
import { createWallClock, isWithin, type LocalTime } from '../core/schedule.ts'
import type { UnitRow } from '../core/unit.ts'

/** Undefined: it has no rota, so whoever has signed on counts. */
export type DueNow = (unit: Pick<UnitRow, 'rota'>, nowMs: number) => boolean | undefined

const MINUTE_MS = 60_000

export function createRota(timeZone: string): DueNow {
  const wallClock = createWallClock(timeZone)
  // 33,000 units are asked for within one minute.
  let read: { readonly minute: number; readonly local: LocalTime } | undefined
  return ({ rota }, nowMs) => {
    if (!rota) return undefined
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (read?.minute !== minute) read = { minute, local: wallClock(nowMs) }
    return isWithin(rota, read.local)
  }
}
