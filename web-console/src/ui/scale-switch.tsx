/** Smaller and larger, where the window has room for more than one step. */
import { useTranslation } from 'react-i18next'
import { usePath } from '../route.ts'
import { useScale } from './scale.ts'

export function ScaleSwitch() {
  const { t } = useTranslation()
  const { scale, steps, choose } = useScale(usePath())
  if (steps.length < 2) return null
  return (
    <fieldset className="scale-switch" aria-label={t('common:scale')}>
      <span className="d">{t('common:scale')}</span>
      {steps.map(step => (
        <button key={step} type="button" className="link n" aria-pressed={step === scale} onClick={() => choose(step)}>
          {Math.round(step * 100)} %
        </button>
      ))}
    </fieldset>
  )
}
