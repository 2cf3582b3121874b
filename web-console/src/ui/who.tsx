/** Seat and name; opens to the pages, the language and log-out. Esc, a choice and a click elsewhere close it. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { PageLinks } from './page-links.tsx'
import { ScaleSwitch } from './scale-switch.tsx'
import { WaitingTerminals } from './waiting-terminals.tsx'

export function Who() {
  const { t } = useTranslation()
  const { user, logout } = useSession()
  const menu = useRef<HTMLDetailsElement>(null)
  useClosing(menu)
  if (!user) return null
  return (
    <details className="seg who" ref={menu}>
      <summary className="row g8" title={t('common:menu')}>
        <b>{user.seat ? t('common:seatN', { n: user.seat }) : t(`words:role.${user.role}`)}</b>
        <span className="m el">{user.name}</span>
        <WaitingTerminals />
        <i className="who-caret" aria-hidden="true" />
      </summary>
      <div className="who-menu panel">
        <span className="d">{t(`words:role.${user.role}`)}</span>
        <PageLinks />
        <LanguageSwitch />
        <ScaleSwitch />
        <button type="button" className="link" onClick={() => void logout()}>
          {t('common:logout')}
        </button>
      </div>
    </details>
  )
}

function useClosing(menu: { readonly current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const shut = (andFocus: boolean) => {
      const details = menu.current
      if (!details) return
      details.open = false
      if (andFocus) details.querySelector('summary')?.focus()
    }
    // In the capturing phase: with the menu open, Esc is not the floor's "back".
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.code !== 'Escape' || !menu.current?.open) return
      event.preventDefault()
      event.stopPropagation()
      shut(true)
    }
    const onClick = (event: MouseEvent) => {
      if (!menu.current?.open || !(event.target instanceof Element)) return
      if (!menu.current.contains(event.target)) shut(false)
      else if (event.target.closest('a, button')) shut(true)
    }
    window.addEventListener('keydown', onKeyDown, true)
    window.addEventListener('click', onClick)
    return () => {
      window.removeEventListener('keydown', onKeyDown, true)
      window.removeEventListener('click', onClick)
    }
  }, [menu])
}
