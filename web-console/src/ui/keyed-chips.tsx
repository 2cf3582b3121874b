/** What the caller asked for by keys in the call: 按 2 医疗求助. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../gateway/core/incident.ts'
import { Chip } from './parts.tsx'

export function KeyedChips({ incident: { keyed } }: { readonly incident: Pick<Incident, 'keyed'> }) {
  const { t } = useTranslation()
  return keyed?.map(({ digit, alarmClass }) => (
    <Chip key={digit} tone="red">
      {t('floor:head.keyed', {
        digit,
        what: t([`floor:head.keyedFor.${alarmClass}`, `words:alarmClass.${alarmClass}`])
      })}
    </Chip>
  ))
}
