/** 摄像机: what there is and whose it is; what was found on the network is given a record here. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraDetail, CameraLine, FoundCamera } from '../../../../gateway/core/camera-record.ts'
import { Button, Chip } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { CameraForm } from './camera-form.tsx'
import { ImportSheet } from './import-sheet.tsx'
import { RecordsPart } from './records-part.tsx'
import type { Column } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { NEW } from './use-list.ts'

export function CameraRecords() {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(0)
  const [opened, setOpened] = useState(false)
  const [importing, setImporting] = useState(false)
  /** A new record begins with what was found of it; whoever closes it or chooses another begins without. */
  const [adopting, setAdopting] = useState<FoundCamera>()
  const found = useDetail<readonly FoundCamera[]>('/api/camera-records/found', asked)
  const columns: readonly Column<CameraLine>[] = [
    {
      ...{ word: t('manage:camera.name'), width: 260 },
      cell: line => (
        <>
          {line.name} <span className="d t12 n">{line.id}</span>
        </>
      )
    },
    { word: t('manage:camera.ownership'), width: 80, cell: line => t(`manage:camera.${line.ownership}`) },
    { word: t('manage:camera.owner'), cell: line => line.owner ?? '–' },
    { word: t('manage:camera.station'), width: 160, quiet: true, cell: line => line.station ?? '–' },
    { word: t('manage:camera.code'), width: 190, digits: true, cell: line => line.nationalCode ?? '–' },
    { word: t('manage:field.gridCellId'), width: 150, quiet: true, cell: line => line.gridCell?.name ?? '–' },
    { word: t('manage:camera.sources'), width: 120, digits: true, cell: line => line.sources || '–' },
    { word: t('manage:camera.reached'), width: 120, cell: line => <Reached line={line} /> }
  ]
  return (
    <RecordsPart<CameraLine, CameraDetail>
      {...{ path: '/api/camera-records', columns, find: t('manage:camera.find'), add: t('manage:add.camera') }}
      keyOf={line => line.id}
      onChoose={() => setAdopting(undefined)}
      titleOf={({ draft }) => [draft.name, draft.id]}
      more={
        <>
          <Button onClick={() => setImporting(true)}>{t('manage:import')}</Button>
          <a className="btn" href="/api/camera-records/export" download>
            {t('manage:export')}
          </a>
          <Button onClick={() => setOpened(true)}>{t('manage:camera.found', { n: found?.length ?? 0 })}</Button>
        </>
      }
      said={changed =>
        importing ? (
          <ImportSheet of="camera-records" onClose={() => setImporting(false)} onDone={() => changed(undefined)} />
        ) : (
          opened && (
            <Sheet title={t('manage:camera.foundTitle')} onClose={() => setOpened(false)}>
              {found?.length === 0 && <p className="m">{t('manage:camera.nothing')}</p>}
              <ul className="mng-found">
                {found?.map(each => (
                  <li key={each.endpoint} className="row g12">
                    <b className="n">{each.address}</b>
                    <span>{[each.maker, each.model].filter(Boolean).join(' ')}</span>
                    <span className="d n grow el">{each.endpoint}</span>
                    {each.wantsLogin && <Chip tone="amber">{t('manage:camera.wantsLogin')}</Chip>}
                    <Button
                      onClick={() => {
                        setAdopting(each)
                        setOpened(false)
                        changed(NEW)
                      }}
                    >
                      {t('manage:camera.adopt')}
                    </Button>
                  </li>
                ))}
              </ul>
            </Sheet>
          )
        )
      }
      form={({ onChanged, ...props }) => (
        <CameraForm
          {...{ ...props, adopting }}
          onChanged={id => {
            setAdopting(undefined)
            setAsked(asked + 1)
            onChanged(id)
          }}
        />
      )}
    />
  )
}

function Reached({ line: { reached } }: { readonly line: CameraLine }) {
  const { t } = useTranslation()
  const word = t(`manage:camera.reachedBy.${reached}`)
  return reached === 'awaited' ? <Chip tone="amber">{word}</Chip> : <span className="m">{word}</span>
}
