/** Above a list: what is looked for, how many were found, and what can be done. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface FilterBarProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly find?: string
  readonly page: { readonly found: number; readonly all: number } | undefined
  readonly children?: ReactNode
}

export function FilterBar({ text, onText, find, page, children }: FilterBarProps) {
  const { t } = useTranslation()
  const word = find ?? t('manage:find')
  return (
    <search className="mng-filter row g8">
      <input
        value={text}
        maxLength={80}
        placeholder={word}
        aria-label={word}
        onChange={event => onText(event.target.value)}
      />
      {page && (
        <span className="d n" role="status">
          {t('sources:shown', { n: page.found, all: page.all })}
        </span>
      )}
      <span className="grow" />
      {children}
    </search>
  )
}
