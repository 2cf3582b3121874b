/** Why a unit is proposed. */
import type { TFunction } from 'i18next'
import type { CandidateReason } from '../../../../../gateway/core/unit.ts'
import type { UnitCandidate } from '../../../../../gateway/core/wire.ts'

/** A skill by its own name, orders with their number. */
export function reasonText({ skill, orders }: UnitCandidate, reason: CandidateReason, t: TFunction): string {
  if (reason === 'skilled' && skill) return t(`words:unitSkill.${skill}`)
  return reason === 'busyLately'
    ? t('words:candidate.busyLately', { count: orders ?? 0 })
    : t(`words:candidate.${reason}`)
}
