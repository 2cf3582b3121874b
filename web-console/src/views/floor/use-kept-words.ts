/** Another incident was opened in the middle of a form (F2): what was typed is kept with the first one, and that is said. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { draftsNow } from '../../state/drafts.ts'
import type { Menu } from './floor-context.tsx'

export function useKeptWords(
  incident: Incident | undefined,
  menu: Menu | undefined,
  tell: (words: string) => void
): void {
  const { t } = useTranslation()
  const before = useRef({ incident, menu })
  useEffect(() => {
    const left = before.current
    before.current = { incident, menu }
    if (!left.incident || left.menu === undefined || left.incident.id === incident?.id) return
    const parts = draftsNow(left.incident.id).map(part => t(`floor:draft.part.${part}`))
    if (parts.length > 0)
      tell(t('floor:draft.kept', { what: parts.join(t('common:comma')), number: left.incident.number }))
  }, [incident, menu, tell, t])
}
