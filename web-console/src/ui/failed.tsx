/** What the gateway refused, in words: beside its control, or across the page. */
import { useTranslation } from 'react-i18next'
import type { RefusalCode } from '../wire/api.ts'

interface FailedProps {
  readonly code: RefusalCode | undefined
}

export function Failed({ code }: FailedProps) {
  const { t } = useTranslation()
  if (!code) return null
  return (
    <span className="t-amb" role="status">
      {t([`words:error.${code}`, 'words:error.UNKNOWN'])}
    </span>
  )
}

export function FailedLine({ code }: FailedProps) {
  const { t } = useTranslation()
  if (!code) return null
  return (
    <p className="admin-failed" role="alert">
      {t([`words:error.${code}`, 'words:error.UNKNOWN'])}
    </p>
  )
}
