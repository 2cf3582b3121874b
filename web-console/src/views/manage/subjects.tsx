/** 住户与单位、车辆: the list, searched and scrolled, and beside it the form of one; lists come and go as CSV. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordChoices, SubjectDetail, SubjectKind, SubjectLine } from '../../../../gateway/core/subject-record.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { get } from '../../wire/api.ts'
import { Drawer } from './drawer.tsx'
import { FilterBar } from './filter-bar.tsx'
import { ImportSheet } from './import-sheet.tsx'
import { type Column, RowsTable } from './rows-table.tsx'
import { SubjectForm } from './subject-form.tsx'
import { NEW, useList } from './use-list.ts'

export function Subjects({ kinds }: { readonly kinds: readonly SubjectKind[] }) {
  const { t } = useTranslation()
  const list = useList<SubjectLine>(`/api/subjects?kinds=${kinds.join(',')}&`)
  const { page, rows, sight, chosen, setChosen, again } = list
  const [importing, setImporting] = useState(false)
  const kind = kinds[0] ?? 'household'
  const columns = useColumns(kind)
  return (
    <>
      <FilterBar text={list.text} onText={list.setText} page={page}>
        <Button onClick={() => setChosen(NEW)}>{t(`manage:add.${kind}`)}</Button>
        <Button onClick={() => setImporting(true)}>{t('manage:import')}</Button>
        <a className="btn" href={`/api/subjects/export?kinds=${kinds.join(',')}`} download>
          {t('manage:export')}
        </a>
      </FilterBar>
      <div className="mng-body">
        <RowsTable
          {...{ label: t('manage:table'), empty: t('manage:empty'), found: page?.found, rows, columns, sight, chosen }}
          keyOf={line => line.id}
          onChoose={setChosen}
        />
        {chosen !== undefined && (
          <One
            key={`${chosen} ${again}`}
            {...{ chosen, kind }}
            onClose={() => setChosen(undefined)}
            onSaved={list.changed}
          />
        )}
      </div>
      {importing && <ImportSheet onClose={() => setImporting(false)} onDone={() => list.changed(undefined)} />}
    </>
  )
}

function useColumns(kind: SubjectKind): readonly Column<SubjectLine>[] {
  const { t } = useTranslation()
  const name: Column<SubjectLine> = {
    word: t(`manage:nameOf.${kind}`),
    width: 230,
    cell: line => (
      <>
        {line.name} <span className="d t12 n">{line.id}</span>
      </>
    )
  }
  const sources: Column<SubjectLine> = {
    ...{ word: t('manage:part.sources'), width: 260, digits: true },
    cell: line => line.sources.join(', ') || <span className="t-amb">{t('manage:noSource')}</span>
  }
  const phone: Column<SubjectLine> = {
    ...{ word: t('manage:field.phone'), width: 130, digits: true, cell: line => line.phone ?? '–' }
  }
  if (kind === 'vehicle')
    return [name, sources, phone, { word: t('manage:field.fleetId'), cell: line => line.fleetId ?? '–' }]
  return [
    name,
    { word: t('manage:field.address'), cell: line => line.address },
    phone,
    sources,
    { word: t('manage:field.groupId'), width: 140, quiet: true, cell: line => line.group?.name ?? '–' },
    { word: t('manage:part.contacts'), width: 84, digits: true, cell: line => line.contacts || '–' },
    {
      ...{ word: t('manage:lacks'), width: 150 },
      cell: line => (
        <span className="row g4">
          {!line.placed && <Chip tone="amber">{t('manage:noPlace')}</Chip>}
          {!line.consent && <Chip>{t('manage:noConsent')}</Chip>}
        </span>
      )
    }
  ]
}

interface OneProps {
  readonly chosen: string
  readonly kind: SubjectKind
  readonly onClose: () => void
  readonly onSaved: (id: string | undefined) => void
}

function One({ chosen, kind, onClose, onSaved }: OneProps) {
  const { t } = useTranslation()
  const [detail, setDetail] = useState<SubjectDetail>()
  const [choices, setChoices] = useState<RecordChoices>()
  useEffect(() => {
    let gone = false
    const ask = <T,>(path: string, put: (value: T) => void) =>
      get<T>(path).then(
        value => !gone && put(value),
        () => undefined
      )
    void ask('/api/subjects/choices', setChoices)
    if (chosen !== NEW) void ask(`/api/subjects/detail?id=${encodeURIComponent(chosen)}`, setDetail)
    return () => {
      gone = true
    }
  }, [chosen])
  return (
    <Drawer
      title={chosen === NEW ? t(`manage:add.${kind}`) : (detail?.draft.name ?? '')}
      note={chosen}
      onClose={onClose}
    >
      {(chosen === NEW || detail) && <SubjectForm {...{ detail, kind, choices, onSaved }} />}
    </Drawer>
  )
}
