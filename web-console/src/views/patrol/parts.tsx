/** Parts of the phone: big buttons, a long press, a sheet of one-tap answers, its line icons. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

export type PhoneButtonKind = 'main' | 'plain' | 'quiet' | 'danger'

export interface PhoneButtonProps {
  readonly kind?: PhoneButtonKind
  /** Pressed, and the gateway has not answered yet. */
  readonly sending?: boolean
  readonly onPress: () => void
  readonly children: ReactNode
}

/** A button takes no press this soon after it appeared, ms: it may stand where the one before was tapped twice in the rain. */
const DEAF_MS = 400

export function PhoneButton({ kind = 'plain', sending, onPress, children }: PhoneButtonProps) {
  const { t } = useTranslation()
  const [bornMs] = useState(() => performance.now())
  const press = () => {
    if (!sending && performance.now() - bornMs > DEAF_MS) onPress()
  }
  return (
    <button type="button" className={`pb ${kind}`} aria-busy={sending || undefined} onClick={press}>
      {sending ? t('patrol:sending') : children}
    </button>
  )
}

/** How long a press must last, ms; long enough not to happen in a pocket or in the rain. */
const HOLD_MS = 1_000

/** Acts only after a press of a second, with finger or key; letting go earlier does nothing. */
export function HoldButton({ kind = 'plain', sending, onPress, children }: PhoneButtonProps) {
  const { t } = useTranslation()
  const [held, setHeld] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const release = () => {
    clearTimeout(timer.current)
    setHeld(false)
  }
  const press = () => {
    if (sending || held) return
    setHeld(true)
    timer.current = setTimeout(() => {
      setHeld(false)
      navigator.vibrate?.(60)
      onPress()
    }, HOLD_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const isKey = (key: string) => key === 'Enter' || key === ' '
  return (
    <button
      type="button"
      className={`pb ${kind} hold${held ? ' held' : ''}`}
      aria-busy={sending || undefined}
      onPointerDown={press}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={event => event.preventDefault()}
      onKeyDown={event => isKey(event.key) && !event.repeat && press()}
      onKeyUp={event => isKey(event.key) && release()}
      onBlur={release}
    >
      {sending ? t('patrol:sending') : children}
    </button>
  )
}

export interface SheetProps {
  readonly title: string
  readonly note?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Comes up from the bottom edge, where the thumb is; Esc or 返回 closes it. */
export function Sheet({ title, note, onClose, children }: SheetProps) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="sheet" aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {note !== undefined && <p className="m">{note}</p>}
      {children}
      <PhoneButton kind="quiet" onPress={onClose}>
        {t('patrol:back')}
      </PhoneButton>
    </dialog>
  )
}

const PATHS = {
  sun: (
    <>
      <circle cx="11" cy="11" r="3.6" />
      <path d="M11 2.5v2.2M11 17.3v2.2M2.5 11h2.2M17.3 11h2.2M5 5l1.6 1.6M15.4 15.4 17 17M17 5l-1.6 1.6M6.6 15.4 5 17" />
    </>
  ),
  moon: <path d="M17.5 13.2A7 7 0 0 1 8.8 4.5a7 7 0 1 0 8.7 8.7z" />,
  noNetwork: <path d="M3 8.5a12 12 0 0 1 16 0M6 12a7.6 7.6 0 0 1 10 0M9 15.3a3.2 3.2 0 0 1 4 0M4 3.5l14 15" />,
  heart: <path d="M11 18S3.5 13.4 3.5 8.4A3.9 3.9 0 0 1 11 6.8a3.9 3.9 0 0 1 7.5 1.6C18.5 13.4 11 18 11 18z" />,
  lock: (
    <>
      <rect x="5" y="10" width="12" height="8.5" rx="1.5" />
      <path d="M7.5 10V7.2a3.5 3.5 0 0 1 7 0V10" />
    </>
  ),
  people: (
    <>
      <circle cx="8" cy="7.5" r="2.8" />
      <path d="M2.8 18c0-3.2 2.2-5 5.2-5s5.2 1.8 5.2 5M14 5a2.7 2.7 0 0 1 0 5.2M15.8 13.4c2 .5 3.4 2.1 3.4 4.6" />
    </>
  ),
  headset: (
    <path d="M4 13v-2a7 7 0 0 1 14 0v2M4 12.5h2.5V17H5.2A1.2 1.2 0 0 1 4 15.8zM18 12.5h-2.5V17h1.3a1.2 1.2 0 0 0 1.2-1.2zM16.5 17c0 1.5-1.5 2.2-3.5 2.2" />
  ),
  film: (
    <>
      <rect x="3" y="5" width="16" height="12" rx="1.5" />
      <path d="M9 8.5v5l4.5-2.5z" />
    </>
  ),
  photo: (
    <>
      <path d="M3 7.5h3.6L8 5.2h6l1.4 2.3H19v10H3z" />
      <circle cx="11" cy="12.3" r="3.2" />
    </>
  ),
  warning: <path d="M11 3 20 18.5H2zM11 9v4.5M11 16v.4" />,
  place: (
    <>
      <path d="M11 19.5s6-5.6 6-10a6 6 0 0 0-12 0c0 4.4 6 10 6 10z" />
      <circle cx="11" cy="9.5" r="2.2" />
    </>
  )
} as const

export function PhoneIcon({ name, size = 22 }: { readonly name: keyof typeof PATHS; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {PATHS[name]}
    </svg>
  )
}
