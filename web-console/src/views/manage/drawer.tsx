/** The panel beside a table that holds a record's form; Esc closes it, and asks once before it drops what was typed. */
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Key } from '../../ui/parts.tsx'
import { useSecondPress } from '../../ui/use-second-press.ts'

/** A box that is ticked is soon ticked again. */
const TYPED = 'textarea, select, input:not([type="checkbox"], [type="radio"], [type="search"])'

interface DrawerProps {
  readonly title: string
  readonly note?: string | undefined
  /** What came of the last order. */
  readonly said?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Drawer({ title, note, said = '', onClose, children }: DrawerProps) {
  const { t } = useTranslation()
  const { asked, press, forget } = useSecondPress()
  const typed = useRef(new Set<Element>())
  const close = () => {
    // Fields of a form that was kept are gone.
    const isTyped = [...typed.current].some(field => field.isConnected)
    if (!isTyped || press('drop')) onClose()
  }
  useLayoutEffect(() => {
    // An open dialog takes its own Esc.
    const onKey = (event: KeyboardEvent) =>
      event.key === 'Escape' && !event.repeat && document.querySelector('dialog[open]') === null && close()
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
  const onInput = (event: { readonly target: EventTarget }) => {
    if (event.target instanceof Element && event.target.matches(TYPED)) typed.current.add(event.target)
    if (asked) forget()
  }
  return (
    <aside className="mng-drawer panel" aria-label={title}>
      <h2 className="head">
        <span className="el">{title}</span>
        {note && <span className="d n el">{note}</span>}
        <span className="grow" />
        <button type="button" className="row g6" onClick={close}>
          <Key>Esc</Key> {t('manage:shut')}
        </button>
      </h2>
      <p className="mng-asks t-amb" role="alert">
        {asked && t('manage:dropAsk')}
      </p>
      <p className="mng-asks t-ok" role="status">
        {said}
      </p>
      <div className="mng-drawer-body" onInput={onInput}>
        {children}
      </div>
    </aside>
  )
}
