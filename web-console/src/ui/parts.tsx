/** Small parts every view uses: Key, Chip, Button with its states, Age, Clock, Dot. */
import type { ButtonHTMLAttributes, KeyboardEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { useNow } from '../state/clock.ts'
import { ageText, clockText, dateText } from './time.ts'
import './parts.css'

/** A key cap; decoration, the button's `aria-keyshortcuts` tells it to machines. */
export function Key({ children }: { readonly children: ReactNode }) {
  return (
    <span className="key" aria-hidden="true">
      {children}
    </span>
  )
}

export type Tone = 'plain' | 'red' | 'amber' | 'ok' | 'white'

export function Chip({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`chip ${tone}`}>{children}</span>
}

/** `ready`; `best` the one next action (white); `sending`, `done`, `refused` follow a press. A refusal is said in place, by `note`. */
export type ButtonState = 'ready' | 'best' | 'sending' | 'done' | 'refused'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  readonly state?: ButtonState
  /** Key cap in front of the label. */
  readonly keyCap?: string | undefined
  /** Why it is not allowed now; shown on focus and hover, the button keeps its place. */
  readonly whyNot?: string | undefined
  readonly danger?: boolean
}

/** Enter in a field presses its form's button as well: what is on its way is not sent again. */
const stay = (event: { preventDefault(): void }) => event.preventDefault()

/** A key held down presses a button again and again: that is no second press. */
const once = (event: KeyboardEvent<HTMLButtonElement>) =>
  event.repeat && event.key === 'Enter' && event.preventDefault()

export function Button({
  state = 'ready',
  keyCap,
  whyNot,
  danger,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const shut = whyNot !== undefined || state === 'sending'
  return (
    <button
      type="button"
      onKeyDown={once}
      {...rest}
      className={`btn ${state}${danger ? ' danger' : ''}${className ? ` ${className}` : ''}`}
      aria-disabled={shut || undefined}
      aria-busy={state === 'sending' || undefined}
      aria-keyshortcuts={keyCap}
      title={whyNot ?? rest.title}
      onClick={state === 'sending' ? stay : shut ? undefined : onClick}
    >
      {keyCap && <Key>{keyCap}</Key>}
      <span className="el">{children}</span>
    </button>
  )
}

/** Age since `sinceMs`: 0:47, 24:10, then 2 h in words. */
export function Age({ sinceMs }: { readonly sinceMs: number }) {
  const { t } = useTranslation()
  return <span className="n">{ageText(useNow() - sinceMs, t)}</span>
}

/** Date and time of the site. */
export function SiteClock() {
  const { i18n } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <span className="row g8">
      <span className="m clock-date">{dateText(now, zone, i18n.language)}</span>
      <time className="clock n">{clockText(now, zone)}</time>
    </span>
  )
}
