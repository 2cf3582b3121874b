/** What is said of the last step on an incident: why it was refused, or that its answer was lost and what was found out since. */
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../i18n/refusal.ts'
import { Foreseen, type Said } from './sent-steps.ts'

/** `named` false where it stands in the step's own form. */
export function StepSaid({ said, named = true }: { readonly said: Said | undefined; readonly named?: boolean }) {
  const { t } = useTranslation()
  if (!said) return null
  const { action, state, why } = said
  const reason =
    why instanceof Foreseen ? t(`floor:whyNot.${why.message}`) : why === undefined ? '' : refusalText(why, t)
  if (state === 'refused')
    return (
      <p className="refusal" role="alert">
        {named && <b>{t(`floor:did.${action}`)}</b>} {reason}
      </p>
    )
  return (
    <p className={`refusal ${state}`} role={state === 'proven' ? 'status' : 'alert'}>
      <b>{t([`floor:do.${action}`, 'floor:lost.step'])}</b> {t(`floor:lost.${state}`, { why: reason })}
    </p>
  )
}
