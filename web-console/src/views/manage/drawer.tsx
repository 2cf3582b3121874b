/** The panel beside a table that holds a record's form; Esc closes it. */
import { type ReactNode, useLayoutEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Key } from '../../ui/parts.tsx'

interface DrawerProps {
  readonly title: string
  readonly note?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Drawer({ title, note, onClose, children }: DrawerProps) {
  const { t } = useTranslation()
  useLayoutEffect(() => {
    // An open dialog takes its own Esc.
    const close = (event: KeyboardEvent) =>
      event.key === 'Escape' && document.querySelector('dialog[open]') === null && onClose()
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [onClose])
  return (
    <aside className="mng-drawer panel" aria-label={title}>
      <h2 className="head">
        <span className="el">{title}</span>
        {note && <span className="d n el">{note}</span>}
        <span className="grow" />
        <button type="button" className="row g6" onClick={onClose}>
          <Key>Esc</Key> {t('manage:shut')}
        </button>
      </h2>
      <div className="mng-drawer-body">{children}</div>
    </aside>
  )
}
