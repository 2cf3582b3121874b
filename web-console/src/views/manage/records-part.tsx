/** A kind of record in the administration: its list, searched and scrolled, and beside it the form of the one that is chosen. */
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayLeave } from '../../state/unsaved.ts'
import { Button } from '../../ui/parts.tsx'
import { backToList, Drawer } from './drawer.tsx'
import { FilterBar } from './filter-bar.tsx'
import { type Column, RowsTable } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { NEW, useList } from './use-list.ts'

/** What every form of a record is given; `detail` is absent for a new one. */
export interface RecordFormProps<D> {
  readonly detail: D | undefined
  /** The list is asked for anew, and this one (none, when undefined) is open as it is now. */
  readonly onChanged: (id: string | undefined, warned?: string) => void
  /** Opened anew after somebody else has changed it. */
  readonly onReload: () => void
}

interface RecordsPartProps<L, D> {
  /** `/api/groups`: what is listed; `/detail` of it opens one. */
  readonly path: string
  /** Of the list: `kinds=household&`. */
  readonly query?: string
  readonly columns: readonly Column<L>[]
  readonly keyOf: (line: L) => string
  readonly titleOf: (detail: D) => readonly [title: string, note: string | undefined]
  readonly find: string
  readonly add: string
  /** Said where there is none at all, not only none that was looked for. */
  readonly none?: string
  /** Other buttons above the list. */
  readonly more?: ReactNode
  /** What is said above the list, and sheets over it. */
  readonly said?: (changed: (id: string | undefined) => void) => ReactNode
  readonly form: (props: RecordFormProps<D>) => ReactNode
  /** By hand: another record, a new one, or none. */
  readonly onChoose?: () => void
}

export function RecordsPart<L, D>({ path, query = '', ...props }: RecordsPartProps<L, D>) {
  const { t } = useTranslation()
  const list = useList<L>(`${path}?${query}`, props.keyOf)
  const { page, rows, sight, chosen, setChosen, again } = list
  const empty = (list.text === '' && props.none) || t('manage:empty')
  const choose = (id: string | undefined) => {
    if (id !== chosen && mayLeave(`record ${id}`)) open(id)
  }
  const open = (id: string | undefined) => {
    props.onChoose?.()
    setMade(undefined)
    setWarned('')
    setChosen(id)
  }
  const detail = useDetail<D>(chosen ? `${path}/detail?id=${encodeURIComponent(chosen)}` : undefined, again)
  const [made, setMade] = useState<string>()
  const [warned, setWarned] = useState('')
  const changed = (id: string | undefined, warning = '') => {
    setWarned(warning)
    setMade(chosen === NEW ? id : undefined)
    if (id === undefined) backToList()
    list.changed(id)
  }
  const [title, note] = detail ? props.titleOf(detail) : [props.add, undefined]
  return (
    <>
      <FilterBar text={list.text} onText={list.setText} find={props.find} page={page}>
        <Button onClick={() => choose(NEW)}>{props.add}</Button>
        {props.more}
      </FilterBar>
      {props.said?.(list.changed)}
      <div className="mng-body">
        <RowsTable
          {...{ label: t('manage:table'), empty, found: page?.found, rows, sight, chosen }}
          {...{ columns: props.columns, keyOf: props.keyOf }}
          onChoose={choose}
        />
        {(chosen === NEW || detail) && (
          <Drawer
            {...{ title, note }}
            warned={warned}
            said={made !== undefined && made === chosen ? t('manage:made') : ''}
            onClose={() => open(undefined)}
          >
            <Opened key={`${chosen} ${again}`}>
              {props.form({ detail, onChanged: changed, onReload: () => list.changed(chosen) })}
            </Opened>
          </Drawer>
        )}
      </div>
    </>
  )
}

/** Anew for every record that is opened: no form keeps the fields of another one. */
function Opened({ children }: { readonly children: ReactNode }) {
  return children
}
