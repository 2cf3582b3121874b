/** A dialog over the wall with its title; Esc closes it, and the focus goes back to where it was. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './parts.tsx'
import './sheet.css'

export interface SheetProps {
  readonly title: string
  readonly onClose: () => void
  /** The page below gets no keys but F2: a space on a button here must acknowledge nothing there. */
  readonly ownKeys?: boolean
  readonly children: ReactNode
}

export function Sheet({ title, onClose, ownKeys = false, children }: SheetProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  useEffect(() => {
    const element = dialog.current
    if (!element || !ownKeys) return
    const keep = (event: KeyboardEvent) => {
      if (event.code !== 'F2') event.stopPropagation()
    }
    element.addEventListener('keydown', keep)
    return () => element.removeEventListener('keydown', keep)
  }, [ownKeys])
  return (
    <dialog ref={dialog} className="sheet" aria-label={title} onClose={onClose}>
      <div className="row g8 sheet-head">
        <h2>{title}</h2>
        <span className="grow" />
        <Button keyCap="Esc" onClick={onClose}>
          {t('wall:shut')}
        </Button>
      </div>
      <div className="sheet-body">{children}</div>
    </dialog>
  )
}
