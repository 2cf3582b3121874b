/** The table of cameras: only the rows in sight are drawn, so that a thousand are as quick as ten. */
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useRowsInSight } from '../../ui/use-rows-in-sight.ts'
import type { Line, Sort, SortKey } from './figures.ts'
import { ROW_PX, Row } from './row.tsx'

interface Column {
  readonly word: string
  readonly sort?: SortKey
  readonly right?: boolean
}

const COLUMNS: readonly Column[] = [
  { word: 'camera', sort: 'name' },
  { word: 'state', sort: 'worst' },
  { word: 'cause' },
  { word: 'frame', sort: 'frame', right: true },
  { word: 'rate', sort: 'rate', right: true },
  { word: 'fps', sort: 'fps', right: true },
  { word: 'key', sort: 'key', right: true },
  { word: 'loss', sort: 'loss', right: true },
  { word: 'clock', sort: 'clock', right: true },
  { word: 'recording', sort: 'kept' },
  { word: 'today', sort: 'today', right: true },
  { word: 'month', sort: 'month' }
]

/** What scrolls must be reached by keys (WCAG 2.1.1). */
const REACHED = { tabIndex: 0 } as const
export interface CameraTableProps {
  readonly lines: readonly Line[]
  readonly dayNames: readonly string[]
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
  readonly chosen: string | undefined
  readonly onChoose: (cameraId: string | undefined) => void
  /** The hand is on the table, and off it. */
  readonly onTouch: () => void
  readonly onLeave: (table: Element) => void
}

export function CameraTable({ lines, dayNames, sort, onSort, chosen, onChoose, onTouch, onLeave }: CameraTableProps) {
  const { t } = useTranslation()
  const { box, first, count, follow } = useRowsInSight(lines.length, ROW_PX)
  const shown = lines.slice(first, first + count)
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = lines.findIndex(({ row }) => row.id === chosen)
    const next = Math.min(lines.length - 1, Math.max(0, at + step))
    const line = lines[next]
    if (!line) return
    onChoose(line.row.id)
    follow(next)
  }
  return (
    <section
      className="cam-scroll"
      ref={box}
      {...REACHED}
      onKeyDown={keys}
      onPointerEnter={onTouch}
      onPointerLeave={event => onLeave(event.currentTarget)}
      onFocus={onTouch}
      onBlur={event => onLeave(event.currentTarget)}
      aria-label={t('cameras:table')}
    >
      <table aria-rowcount={lines.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map(column => (
              <Head key={column.word} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Space height={first * ROW_PX} />}
          {shown.map((line, index) => (
            <Row
              key={line.row.id}
              line={line}
              dayNames={dayNames}
              index={first + index + 2}
              chosen={line.row.id === chosen}
              onChoose={onChoose}
            />
          ))}
          {first + count < lines.length && <Space height={(lines.length - first - count) * ROW_PX} />}
        </tbody>
      </table>
      {lines.length === 0 && <p className="cam-empty m">{t('cameras:empty')}</p>}
    </section>
  )
}

function Space({ height }: { readonly height: number }) {
  return (
    <tr className="space">
      <td colSpan={COLUMNS.length} style={{ height }} />
    </tr>
  )
}

interface HeadProps {
  readonly column: Column
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
}

function Head({ column: { word, sort: key, right }, sort, onSort }: HeadProps) {
  const { t } = useTranslation()
  const mine = key !== undefined && sort.key === key
  const order = mine ? (sort.down ? 'descending' : 'ascending') : undefined
  const label = t(`cameras:column.${word}`)
  return (
    <th className={`c-${word}${right ? ' right' : ''}`} aria-sort={order} title={t(`cameras:columnHelp.${word}`)}>
      {key === undefined ? (
        label
      ) : (
        <button type="button" onClick={() => onSort({ key, down: mine ? !sort.down : key !== 'name' })}>
          {label}
          <span aria-hidden="true">{mine ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
        </button>
      )}
    </th>
  )
}
