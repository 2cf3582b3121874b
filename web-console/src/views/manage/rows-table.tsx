/** A table of the administration: thousands of rows, of which those in sight are drawn; one can be chosen by click or arrow keys. */
import type { KeyboardEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { useRowsInSight } from '../../ui/use-rows-in-sight.ts'

export const ROW_PX = 36
/** What scrolls must be reached by keys (WCAG 2.1.1). */
const REACHED = { tabIndex: 0 } as const

export interface Column<R> {
  readonly word: string
  /** CSS px; those without share what is left. */
  readonly width?: number
  readonly quiet?: boolean
  readonly digits?: boolean
  cell(row: R): ReactNode
}

export interface RowsTableProps<R> {
  readonly label: string
  readonly empty: string
  /** Undefined while nothing has been answered yet. */
  readonly found: number | undefined
  readonly rows: ReadonlyMap<number, R>
  readonly columns: readonly Column<R>[]
  readonly sight: ReturnType<typeof useRowsInSight>
  readonly keyOf: (row: R) => string
  readonly chosen: string | undefined
  readonly onChoose: (key: string | undefined) => void
}

export function RowsTable<R>(props: RowsTableProps<R>) {
  const { label, empty, found, rows, columns, keyOf, chosen, onChoose } = props
  const { box, first, count, follow } = props.sight
  const length = found ?? 0
  const shown = Array.from({ length: Math.max(0, Math.min(count, length - first)) }, (_, n) => first + n)
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = [...rows].find(([, row]) => keyOf(row) === chosen)?.[0] ?? -1
    const next = Math.min(length - 1, Math.max(0, at + step))
    const row = rows.get(next)
    if (!row) return
    onChoose(keyOf(row))
    follow(next)
  }
  return (
    <section className="mng-scroll" ref={box} {...REACHED} onKeyDown={keys} aria-label={label}>
      <table aria-rowcount={length + 1} style={{ minWidth: widthOf(columns) }}>
        <thead>
          <tr>
            {columns.map(({ word, width }) => (
              <th key={word} style={width === undefined ? undefined : { width }}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} columns={columns.length} />
          {shown.map(index => (
            <Row key={index} {...{ index, columns, keyOf, chosen, onChoose }} row={rows.get(index)} />
          ))}
          <Space rows={length - first - shown.length} columns={columns.length} />
        </tbody>
      </table>
      {found === 0 && <p className="mng-empty m">{empty}</p>}
    </section>
  )
}

/** A column without a width of its own needs room for an address. */
function widthOf<R>(columns: readonly Column<R>[]): number {
  return columns.reduce((sum, { width = 200 }) => sum + width, 0)
}

interface RowProps<R> extends Pick<RowsTableProps<R>, 'columns' | 'keyOf' | 'chosen' | 'onChoose'> {
  readonly index: number
  /** Absent while it is asked for. */
  readonly row: R | undefined
}

function Row<R>({ index, row, columns, keyOf, chosen, onChoose }: RowProps<R>) {
  const { t } = useTranslation()
  if (row === undefined)
    return (
      <tr aria-rowindex={index + 2}>
        <td colSpan={columns.length} className="d">
          {t('sources:loading')}
        </td>
      </tr>
    )
  const key = keyOf(row)
  const isChosen = key === chosen
  return (
    <tr aria-rowindex={index + 2} className={isChosen ? 'chosen' : ''}>
      {columns.map(({ word, cell, quiet, digits }, at) => (
        <td key={word} className={`${quiet ? 'm' : ''} ${digits ? 'n' : ''}`}>
          {at === 0 ? (
            <button
              type="button"
              className="el"
              aria-expanded={isChosen}
              onClick={() => onChoose(isChosen ? undefined : key)}
            >
              {cell(row)}
            </button>
          ) : (
            cell(row)
          )}
        </td>
      ))}
    </tr>
  )
}

function Space({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null
  return (
    <tr className="space">
      <td colSpan={columns} style={{ height: rows * ROW_PX }} />
    </tr>
  )
}
