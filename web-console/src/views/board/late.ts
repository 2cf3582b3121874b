/** What of an incident is late, in the words of the queue: "派单超 8 分 00 秒". */
import type { TFunction } from 'i18next'
import type { BoardIncident } from '../../../../gateway/core/leader-board.ts'
import { etaText } from '../../ui/time.ts'

/** Empty while it is in time, or has no target. */
export function lateText({ dueAtMs, dueFor }: BoardIncident, nowMs: number, t: TFunction): string {
  if (dueAtMs === undefined || nowMs <= dueAtMs) return ''
  const time = etaText((nowMs - dueAtMs) / 1_000, t)
  return dueFor === undefined || dueFor === 'acknowledge'
    ? t('floor:queue.late', { time })
    : t(`floor:queue.overdue.${dueFor}`, { time })
}
