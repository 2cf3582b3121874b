/** An order went away while its result was being written: it can be sent all the same. */
import { useTranslation } from 'react-i18next'
import type { Phone } from './context.ts'
import type { Draft } from './drafts.ts'
import { PhoneButton } from './parts.tsx'

export function LeftCards({ phone, left }: { readonly phone: Phone; readonly left: readonly Draft[] }) {
  return left.map(draft => <LeftCard key={draft.assignmentId} phone={phone} draft={draft} />)
}

function LeftCard({ phone, draft }: { readonly phone: Phone; readonly draft: Draft }) {
  const { t } = useTranslation()
  const { assignmentId, incidentId, number, text } = draft
  const done = () => phone.drafts.keep({ ...draft, sent: text })
  return (
    <section className="card amber" role="alert">
      <h2 className="t-amb t17">{t('patrol:draft.title', { number })}</h2>
      <p>{text}</p>
      <PhoneButton
        kind="main"
        onPress={() => {
          phone.act({ kind: 'report', assignmentId, incidentId, text })
          done()
        }}
      >
        {t('patrol:draft.send')}
      </PhoneButton>
      <PhoneButton kind="quiet" onPress={done}>
        {t('patrol:draft.drop')}
      </PhoneButton>
    </section>
  )
}
