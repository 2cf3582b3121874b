/** 住户与单位、车辆: the list, searched and scrolled, and beside it the form of one; lists come and go as CSV. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordChoices, SubjectDetail, SubjectKind, SubjectLine } from '../../../../gateway/core/subject-record.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { ImportSheet } from './import-sheet.tsx'
import { RecordsPart } from './records-part.tsx'
import type { Column } from './rows-table.tsx'
import { SubjectForm } from './subject-form.tsx'
import { useDetail } from './use-detail.ts'

export function Subjects({ kinds }: { readonly kinds: readonly SubjectKind[] }) {
  const { t } = useTranslation()
  const [importing, setImporting] = useState(false)
  const kind = kinds[0] ?? 'household'
  const columns = useColumns(kind)
  const choices = useDetail<RecordChoices>('/api/subjects/choices')
  return (
    <RecordsPart<SubjectLine, SubjectDetail>
      {...{ path: '/api/subjects', query: `kinds=${kinds.join(',')}&`, columns }}
      {...{ find: t('manage:find'), add: t(`manage:add.${kind}`) }}
      keyOf={line => line.id}
      titleOf={({ draft }) => [draft.name, draft.id]}
      more={
        <>
          <Button onClick={() => setImporting(true)}>{t('manage:import')}</Button>
          <a className="btn" href={`/api/subjects/export?kinds=${kinds.join(',')}`} download>
            {t('manage:export')}
          </a>
        </>
      }
      said={changed =>
        importing && <ImportSheet of="subjects" onClose={() => setImporting(false)} onDone={() => changed(undefined)} />
      }
      form={({ onChanged, ...props }) => <SubjectForm {...{ ...props, kind, choices }} onSaved={onChanged} />}
    />
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
    cell: line => {
      if (line.sources.length + line.shared.length === 0) return <span className="t-amb">{t('manage:noSource')}</span>
      const others = line.shared.map(each => t('manage:sharedNumber', { number: each }))
      return [...line.sources, ...others].join(', ')
    }
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
          {line.offGrid && <Chip tone="amber">{t('manage:offGrid')}</Chip>}
          {!line.consent && <Chip>{t('manage:noConsent')}</Chip>}
        </span>
      )
    }
  ]
}
