/** The form of a camera: whose it is, where it looks, how it is reached; its log-in is written here and read nowhere. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraDetail, FoundCamera } from '../../../../gateway/core/camera-record.ts'
import type { RecordSaved } from '../../../../gateway/core/group-record.ts'
import type { RecordChoices } from '../../../../gateway/core/subject-record.ts'
import { draftOf, textsOf } from './camera-texts.ts'
import { ChoiceField, cellItems, PickField, TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { History } from './history.tsx'
import type { RecordFormProps } from './records-part.tsx'
import { useDetail } from './use-detail.ts'
import { useSave } from './use-save.ts'

interface CameraFormProps extends RecordFormProps<CameraDetail> {
  readonly adopting: FoundCamera | undefined
}

const TRANSPORTS = ['auto', 'tcp', 'udp'] as const

export function CameraForm({ detail, adopting, onChanged, onReload }: CameraFormProps) {
  const { t } = useTranslation()
  const saving = useSave()
  const { faults } = saving
  const [texts, setTexts] = useState(() => textsOf(detail?.draft, adopting))
  const choices = useDetail<RecordChoices>('/api/subjects/choices')
  const cells = useMemo(() => cellItems(choices?.gridCells), [choices])
  const id = detail?.draft.id
  const version = detail?.version ?? 0
  const text = (key: keyof typeof texts, word: string, field: string = key) => ({
    ...{ word, field, faults, value: texts[key], onValue: (value: string) => setTexts({ ...texts, [key]: value }) }
  })
  const tick = (key: 'infrared' | 'audio') => (
    <label className="row g6">
      <input
        type="checkbox"
        checked={texts[key] !== ''}
        onChange={event => setTexts({ ...texts, [key]: event.target.checked ? 'yes' : '' })}
      />
      {t(`manage:camera.${key}`)}
    </label>
  )
  const order = async (path: string, body: object, gone = false) => {
    const saved = await saving.send<RecordSaved>(path, body)
    if (saved) onChanged(gone ? undefined : saved.id)
  }
  return (
    <FormFrame
      {...{ saving, onReload, removeHelp: t('manage:camera.removeSure') }}
      onSave={() => void order('/api/camera-records', { draft: draftOf(texts, id), version })}
      onRemove={detail && (() => void order('/api/camera-records/remove', { id, version }, true))}
    >
      <TextField {...text('name', t('manage:camera.name'))} needed wide autoFocus={!detail} />
      <ChoiceField
        {...text('ownership', t('manage:camera.ownership'))}
        choices={(['public', 'private'] as const).map(each => [each, t(`manage:camera.${each}`)])}
      />
      <TextField {...text('owner', t('manage:camera.owner'))} />
      <TextField {...text('station', t('manage:camera.station'))} />
      <TextField {...text('lat', t('manage:field.lat'), 'position')} needed placeholder="27.03200" />
      <TextField {...text('lon', t('manage:field.lon'), 'position.lon')} needed placeholder="119.61200" />
      <ChoiceField
        {...text('datum', t('manage:field.datum'))}
        choices={[
          ['wgs84', 'WGS-84'],
          ['gcj02', t('manage:gcj02')]
        ]}
      />
      <TextField {...text('yawDeg', t('manage:camera.yawDeg'))} type="number" />
      <TextField {...text('fovDeg', t('manage:camera.fovDeg'))} type="number" />
      <PickField {...text('gridCellId', t('manage:camera.cell'))} items={cells} none={t('manage:byPlace')} />
      <TextField {...text('nationalCode', t('manage:camera.code'))} />
      {tick('infrared')}
      {tick('audio')}
      <TextField {...text('sourceIds', t('manage:camera.sources'))} lines={2} wide />
      <p className="m t12 wide">{t('manage:camera.sourcesHelp')}</p>
      <TextField {...text('address', t('manage:camera.address'))} placeholder="10.0.8.31" />
      <TextField {...text('endpoint', t('manage:camera.endpoint'))} />
      <ChoiceField
        {...text('transport', t('manage:camera.transport'))}
        choices={TRANSPORTS.map(each => [
          each,
          each === 'auto' ? t('manage:camera.transportAuto') : each.toUpperCase()
        ])}
      />
      <TextField {...text('mainUrl', t('manage:camera.mainUrl'))} wide />
      <TextField {...text('subUrl', t('manage:camera.subUrl'))} wide />
      <h3 className="wide">
        {t('manage:camera.login')}{' '}
        <span className="d">{t(detail?.hasLogin ? 'manage:camera.loginThere' : 'manage:camera.loginNone')}</span>
      </h3>
      <TextField {...text('username', t('manage:camera.username'))} />
      <TextField {...text('password', t('manage:camera.password'))} type="password" />
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}
