/** Why another page than the one asked for is shown: whose page that is, in one sentence over the page, until it is read. */
import { useTranslation } from 'react-i18next'
import type { Role } from '../../../gateway/core/wire.ts'
import './denied.css'

interface DeniedProps {
  /** The i18n key of its name. */
  readonly page: string
  readonly roles: readonly Role[]
  readonly onRead: () => void
}

export function Denied({ page, roles, onRead }: DeniedProps) {
  const { t } = useTranslation()
  const whose = roles.map(role => t(`words:role.${role}`)).join(t('common:comma'))
  return (
    <p className="denied" role="alert">
      <span>{t('common:denied', { page: t(page), whose })}</span>
      <button type="button" className="btn ready" onClick={onRead}>
        <span className="el">{t('common:deniedRead')}</span>
      </button>
    </p>
  )
}
