/** What both searches are asked by: words, days, and choices of their own. */
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DayField } from '../../ui/day-field.tsx'
import { takeFocus } from '../../ui/focus.ts'
import { Button } from '../../ui/parts.tsx'
import type { Asked } from './use-search.ts'

export interface Choice {
  readonly name: string
  /** Said for all of them. */
  readonly any: string
  readonly options: readonly (readonly [value: string, word: string])[]
}

interface FilterProps {
  readonly word: string
  readonly choices: readonly Choice[]
  readonly busy: boolean
  /** What the search box begins with; given, the box has the focus. */
  readonly text?: string
  readonly onSearch: (asked: Asked) => void
  readonly children?: (asked: Asked) => ReactNode
}

export function Filter({ word, choices, busy, text, onSearch, children }: FilterProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<Asked>(text ? { text } : {})
  const set = (name: string, value: string) => setAsked({ ...asked, [name]: value })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(asked)
  }
  const day = (name: 'from' | 'to') => (
    <DayField value={asked[name] ?? ''} label={t(`reports:${name}Day`)} onDay={picked => set(name, picked)} />
  )
  return (
    <search>
      <form className="report-controls audit-filter" onSubmit={submit}>
        <input
          type="search"
          ref={text === undefined ? undefined : takeFocus}
          className="audit-words"
          value={asked.text ?? ''}
          maxLength={80}
          placeholder={word}
          aria-label={word}
          onChange={event => set('text', event.target.value)}
        />
        {choices.map(({ name, any, options }) => (
          <select
            key={name}
            value={asked[name] ?? ''}
            aria-label={any}
            onChange={event => set(name, event.target.value)}
          >
            <option value="">{any}</option>
            {options.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        ))}
        <span className="row g6 n">
          {day('from')} – {day('to')}
        </span>
        <Button type="submit" state={busy ? 'sending' : 'best'}>
          {t('audit:search')}
        </Button>
        <span className="grow" />
        {children?.(asked)}
      </form>
    </search>
  )
}
