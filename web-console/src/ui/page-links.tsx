/** The pages this person may open, as links: a click stays in the window, the browser's own ways open another one beside it. */
import type { MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../../../gateway/core/wire.ts'
import { navigate, usePath } from '../route.ts'
import { homeOf, useSession } from '../session.tsx'
import { APPROVAL_PAGE, WaitingTerminals } from './waiting-terminals.tsx'

const FLOOR = [
  '/',
  '/wall',
  '/playback',
  '/map',
  '/video-patrol',
  '/history',
  '/evidence',
  '/follow-ups',
  '/cameras',
  '/sources'
] as const

/** Where this role may go, its own page first. */
export function pathsOf(role: Role, demo: boolean): readonly string[] {
  const home =
    role === 'administrator'
      ? ['/admin', '/manage', '/cameras', '/sources', '/deliveries', '/sop', '/reports', '/board', '/audit']
      : role === 'auditor'
        ? ['/reports', '/board', '/audit', '/cameras', '/admin', '/sop']
        : [homeOf(role)]
  const own =
    role === 'operator' ? FLOOR : role === 'leader' ? [...FLOOR, '/board', '/reports', '/audit', '/admin'] : home
  return demo ? [...own, '/demo'] : own
}

/** Follows a link in place; the browser's own ways open another window. */
export function follow(event: MouseEvent, path: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  navigate(path)
}

/** The i18n key of a page's name. */
export function pageWord(path: string): string {
  return `common:page.${path.slice(1) || 'floor'}`
}

export function PageLinks() {
  const { t } = useTranslation()
  const { user, site } = useSession()
  const here = usePath()
  if (!user) return null
  return pathsOf(user.role, site?.demo ?? false)
    .filter(path => path !== here)
    .map(path => (
      <a key={path} className="link" href={path} onClick={event => follow(event, path)}>
        {t(pageWord(path))}
        {path === APPROVAL_PAGE && <WaitingTerminals />}
      </a>
    ))
}
