/** 待审核终端: how many wait for whoever may take them, a count beside the way to the page where that is done. */
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { useConsole } from '../state/store.ts'

export const APPROVAL_PAGE = '/admin'

/** 0 for everybody who may not take them. */
export function useWaitingTerminals(): number {
  const { user } = useSession()
  const notice = useConsole(state => state.notices.get('registrations'))
  return user?.role === 'administrator' ? Number(notice?.data.count ?? 0) : 0
}

export function WaitingTerminals() {
  const { t } = useTranslation()
  const count = useWaitingTerminals()
  if (count === 0) return null
  const help = t('common:waitingTerminals', { count })
  return (
    <span className="chip amber n" role="status" aria-label={help} title={help}>
      {count}
    </span>
  )
}
