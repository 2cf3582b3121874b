/** What a unit reported last from the scene: the operator ends the incident on its word. Pure. */
import type { TFunction } from 'i18next'
import type { Disposition, TimelineEntry } from '../../../gateway/core/incident.ts'

export interface UnitReport {
  readonly unit: string
  /** UTC ms. */
  readonly atMs: number
  /** As the unit wrote it; may be empty. */
  readonly text: string
  /** Chosen on the unit's phone. */
  readonly disposition: Disposition | undefined
}

/** Undefined where none has reported; what was reported before a reopening ended another round. */
export function lastReport(timeline: readonly TimelineEntry[]): UnitReport | undefined {
  const line = timeline.findLast(({ kind }) => kind === 'reported' || kind === 'reopened')
  if (line?.kind !== 'reported') return undefined
  const { unit, text, disposition } = line.data
  return {
    ...{ unit: String(unit ?? ''), atMs: line.atMs, text: String(text ?? '') },
    disposition: disposition ? (disposition as Disposition) : undefined
  }
}

/** By whom the feedback is: who types it, on the unit's word where there is one. */
export function authorOf(name: string, report: Pick<UnitReport, 'unit'> | undefined, t: TFunction): string {
  return report ? t('floor:feedback.onWord', { name, unit: report.unit }) : name
}
