/** Why a unit is proposed, and why not. */
import type { TFunction } from 'i18next'
import type { CandidateReason } from '../../../../../gateway/core/unit.ts'
import type { UnitCandidate } from '../../../../../gateway/core/wire.ts'
import { spanText } from '../../../ui/time.ts'
import { NO_POSITION_MS } from './candidate-lists.ts'

/** A skill by its own name, orders with their number. */
export function reasonText({ skill, orders }: UnitCandidate, reason: CandidateReason, t: TFunction): string {
  if (reason === 'skilled' && skill) return t(`words:unitSkill.${skill}`)
  return reason === 'busyLately'
    ? t('words:candidate.busyLately', { count: orders ?? 0 })
    : t(`words:candidate.${reason}`)
}

export function whyUnranked(candidate: UnitCandidate, t: TFunction): string {
  const { name, reasons, positionAgeMs } = candidate
  // Of an alarm without a place nobody is near or far.
  if (reasons.length === 0) return t('floor:units.unrankedOnly', { name })
  if (!reasons.includes('stalePosition'))
    return t('floor:units.unranked', { name, why: reasons.map(each => reasonText(candidate, each, t)).join(' · ') })
  if (positionAgeMs >= NO_POSITION_MS) return t('floor:units.noPosition', { name })
  return t('floor:units.stale', { name, age: spanText(positionAgeMs, t) })
}
