/** The floor asks how the unit is, or why it stands still: one press answers; without a sound, since somebody beside it may listen (rule 5). */
import { useTranslation } from 'react-i18next'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import type { Phone } from './context.ts'
import { PhoneButton } from './parts.tsx'

export function AskedCard({ phone, task }: { readonly phone: Phone; readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const { askedAfter, assignmentId } = task
  if (!askedAfter) return null
  return (
    <section className="card amber" role="status">
      <p className="t17">{t(`patrol:asked.${askedAfter}`)}</p>
      <p>{t('patrol:asked.how')}</p>
      <PhoneButton sending={phone.sending('safe')} onPress={() => phone.act({ kind: 'safe', assignmentId })}>
        {t('patrol:asked.safe')}
      </PhoneButton>
    </section>
  )
}
