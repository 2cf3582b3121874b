/** When somebody must call from this telephone again (试拨). */
import { useTranslation } from 'react-i18next'
import type { SourceLine } from '../../../../gateway/core/sources.ts'
import { useNow } from '../../state/clock.ts'

const DAY_MS = 86_400_000

/** Nothing for other rules, before the first call, and once it is due: then the state says so. */
export function Due({ line: { rule, lastHeardAtMs } }: { readonly line: SourceLine }) {
  const { t } = useTranslation()
  const now = useNow()
  if (rule.kind !== 'testCall' || lastHeardAtMs === undefined) return null
  const days = Math.ceil((lastHeardAtMs + rule.days * DAY_MS - now) / DAY_MS)
  return days > 0 ? <span className="m">{t('sources:dueIn', { days })}</span> : null
}
