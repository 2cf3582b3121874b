/** The panel beside a table that holds a record's form; Esc closes it, and like every other way out asks once before it drops what was typed. */
import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Key } from '../../ui/parts.tsx'
import { useUnsaved } from '../../ui/use-unsaved.ts'

/** A box that is ticked is soon ticked again. */
const TYPED = 'textarea, select, input:not([type="checkbox"], [type="radio"], [type="search"])'

const ESC = 'Esc'

interface DrawerProps {
  readonly title: string
  readonly note?: string | undefined
  /** What came of the last order. */
  readonly said?: string
  /** What is to be looked at, though it was kept. */
  readonly warned?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

export function Drawer({ title, note, said = '', warned = '', onClose, children }: DrawerProps) {
  const { t } = useTranslation()
  const typed = useRef(new Set<Element>())
  // Fields of a form that was kept are gone.
  const { asked, press, forget } = useUnsaved(() => [...typed.current].some(field => field.isConnected))
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    // What was saved is opened anew, and the field that had the focus is gone.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  const close = () => {
    if (!press(ESC)) return
    backToList()
    onClose()
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
      <h2 ref={heading} className="head" tabIndex={-1}>
        <span className="el">{title}</span>
        {note && <span className="d n el">{note}</span>}
        <span className="grow" />
        <button type="button" className="row g6" onClick={close}>
          <Key>Esc</Key> {t('manage:shut')}
        </button>
      </h2>
      <p className="mng-asks t-amb" role="alert">
        {asked === undefined && warned}
        {asked && t(asked === ESC ? 'manage:dropAsk' : 'manage:leaveAsk')}
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

/** Where the keys go on from: the row that was open, else the list. */
export function backToList(): void {
  const row = document.querySelector<HTMLElement>('.mng-scroll tr.chosen button, .deliveries [aria-expanded="true"]')
  const list = row ?? document.querySelector<HTMLElement>('.mng-scroll')
  list?.focus({ preventScroll: true })
}
