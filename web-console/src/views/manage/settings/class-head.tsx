/** The head over the classes of units: where the rule is shown, and where it is changed. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CLASSES } from './shown.ts'

export function ClassHead({ children }: { readonly children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <tr>
      <th scope="col">{t('manage:classRule.situation')}</th>
      {CLASSES.map(each => (
        <th key={each} scope="col">
          {t(`words:unitClass.${each}`)}
        </th>
      ))}
      {children}
    </tr>
  )
}
