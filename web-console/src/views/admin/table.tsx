/** The dense table of the diagnostics page, and its small cells. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../state/clock.ts'
import { agoText } from '../../ui/time.ts'
import { isGood } from './figures.ts'

export interface Column {
  readonly word: string
  readonly right?: boolean
}

export interface TableProps {
  readonly title: string
  /** Undefined: not known yet. */
  readonly count: number | undefined
  readonly columns: readonly Column[]
  /** Said instead of an empty table. */
  readonly empty: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** What scrolls must be reached by keys (WCAG 2.1.1). */
const REACHED = { tabIndex: 0 } as const

export function Table({ title, count, columns, empty, aside, children }: TableProps) {
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {title}
        <span className="chip n">{count ?? '–'}</span>
        <span className="grow" />
        {aside}
      </h2>
      {!count ? (
        <p className="m admin-pad">{empty}</p>
      ) : (
        <section className="admin-scroll" aria-label={title} {...REACHED}>
          <table>
            <thead>
              <tr>
                {columns.map(column => (
                  <th key={column.word} scope="col" className={column.right ? 'right' : ''}>
                    {column.word}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </section>
      )}
    </section>
  )
}

/** A state as dot and word; never the colour alone. */
export function State({ state, word }: { readonly state: string; readonly word: string }) {
  const good = isGood(state)
  return (
    <span className="row g6">
      <span className={good ? 'dot' : 'dot amb'} />
      <span className={good ? '' : 't-amb'}>{word}</span>
    </span>
  )
}

export function Ago({ atMs }: { readonly atMs: number | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!atMs) return <span className="d">–</span>
  return <span className="n">{agoText(now - atMs, t)}</span>
}
