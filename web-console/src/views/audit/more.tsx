/** Below a list: that it failed, that more may be there. */
import { useTranslation } from 'react-i18next'
import { FailedLine } from '../../ui/failed.tsx'
import { Button } from '../../ui/parts.tsx'
import type { RefusalCode } from '../../wire/api.ts'

interface MoreProps {
  readonly found: {
    readonly page: { readonly next?: number } | undefined
    readonly failed: RefusalCode | undefined
    readonly busy: boolean
    readonly more: () => void
  }
}

export function More({ found }: MoreProps) {
  const { t } = useTranslation()
  const { page, failed, busy, more } = found
  return (
    <div className="audit-more">
      <FailedLine code={failed} />
      {page?.next !== undefined && (
        <Button state={busy ? 'sending' : 'ready'} onClick={more}>
          {t('audit:more')}
        </Button>
      )}
    </div>
  )
}
