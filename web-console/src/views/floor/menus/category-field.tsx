/** The category of the feedback, by its digits; while it is being written, what it may become is offered, however often one changes one's mind. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CategoryRow } from '../../../../../gateway/core/feedback.ts'
import { nameOf, offeredFor } from '../../../state/categories.ts'

const DIGITS = 3

interface CategoryFieldProps {
  readonly rows: readonly CategoryRow[]
  readonly code: string
  /** With its parents; undefined while there is no such category. */
  readonly name: string | undefined
  readonly set: (code: string) => void
}

export function CategoryField({ rows, code, name, set }: CategoryFieldProps) {
  const { t, i18n } = useTranslation()
  const [writing, setWriting] = useState(false)
  const offered = writing || !name ? offeredFor(rows, code) : []
  return (
    <>
      <div className="row g8 text-form feedback-facts">
        <label>
          <span className="m nw">{t('floor:feedback.category')}</span>
          <input
            inputMode="numeric"
            className="n"
            placeholder="0"
            size={DIGITS}
            value={code}
            maxLength={DIGITS}
            onFocus={() => setWriting(true)}
            onBlur={() => setWriting(false)}
            onChange={event => set(event.target.value.replace(/\D/g, ''))}
          />
          <span className="m el">{name ?? '—'}</span>
        </label>
      </div>
      {offered.length > 0 && (
        <fieldset className="row g6 feedback-offered">
          {offered.map(row => (
            <button
              key={row.code}
              type="button"
              className={row.code === code ? 'chip white' : 'chip'}
              aria-pressed={row.code === code}
              // The field keeps the keys: the next digit goes on from here.
              onPointerDown={event => event.preventDefault()}
              onClick={() => set(row.code)}
            >
              <b className="n">{row.code}</b> {nameOf(row, i18n.language)}
            </button>
          ))}
        </fieldset>
      )}
    </>
  )
}
