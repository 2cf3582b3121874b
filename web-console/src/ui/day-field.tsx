/** A day, typed as `2026-11-30` in every browser: its own date field writes 11/30/2026 where it speaks English. ↑ ↓ step, the button opens a calendar. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayAfter, dayOf, isWhole } from './day-text.ts'
import './day-field.css'

export interface DayFieldProps {
  /** `2026-11-30`, or empty. */
  readonly value: string
  /** Told of a whole day only, and of an emptied field where none is needed. */
  readonly onDay: (day: string) => void
  readonly label: string
  /** No day after this one. */
  readonly max?: string
  readonly required?: boolean
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1 }

export function DayField({ value, onDay, label, max, required = false }: DayFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const field = useRef<HTMLInputElement>(null)
  const calendar = useRef<HTMLInputElement>(null)
  const valid = (typed: string) => {
    const day = dayOf(typed)
    return day !== undefined && (max === undefined || day <= max) ? day : undefined
  }
  const wrong = valid(text) === undefined && (text !== '' || required)
  // A form is not sent with a day that is none.
  useEffect(() => field.current?.setCustomValidity(wrong ? t('common:day.wrong') : ''), [wrong, t])
  const take = (typed: string) => {
    setText(typed)
    const day = typed === '' && !required ? '' : isWhole(typed) ? valid(typed) : undefined
    if (day !== undefined && day !== value) onDay(day)
  }
  const settle = () => {
    const day = valid(text)
    if (day !== undefined && day !== value) onDay(day)
    setText(day ?? (required ? value : text))
  }
  const step = (event: KeyboardEvent) => {
    if (event.key === 'Enter') settle()
    const days = STEPS[event.key]
    const day = days === undefined ? undefined : dayOf(text)
    if (days === undefined || day === undefined) return
    event.preventDefault()
    if (valid(dayAfter(day, days))) take(dayAfter(day, days))
  }
  return (
    <span className="day-field">
      <input
        ref={field}
        className="n"
        value={text}
        inputMode="numeric"
        placeholder="2026-01-31"
        maxLength={12}
        autoComplete="off"
        aria-label={label}
        aria-invalid={wrong || undefined}
        title={wrong ? t('common:day.wrong') : undefined}
        onChange={event => take(event.target.value)}
        onKeyDown={step}
        onBlur={settle}
      />
      <input
        ref={calendar}
        className="day-calendar"
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        value={value}
        max={max}
        onChange={event => take(event.target.value)}
      />
      <button
        type="button"
        className="day-open"
        aria-label={t('common:day.open', { label })}
        onClick={() => calendar.current?.showPicker()}
      >
        ▾
      </button>
    </span>
  )
}
