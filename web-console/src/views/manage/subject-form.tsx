/** The form of a household, a firm or a vehicle: who, where, telephones and boxes, contacts, consent; every fault beside its field. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type {
  RecordChoices,
  SubjectDetail,
  SubjectKind,
  SubjectSaved
} from '../../../../gateway/core/subject-record.ts'
import { ChoiceField, cellItems, type Faults, faultText, PickField, TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { History } from './history.tsx'
import { draftOf, emptyForm, type SubjectForm as Form, formOf, type TextKey } from './subject-draft.ts'
import { Contacts, Sources } from './subject-lists.tsx'
import { useSave } from './use-save.ts'

export interface SubjectFormProps {
  /** Absent: a new one. */
  readonly detail: SubjectDetail | undefined
  readonly kind: SubjectKind
  readonly choices: RecordChoices | undefined
  /** `warned`: what is to be looked at, though it was kept. */
  readonly onSaved: (id: string | undefined, warned?: string) => void
  readonly onReload: () => void
}

export function SubjectForm({ detail, kind, choices, onSaved, onReload }: SubjectFormProps) {
  const { t } = useTranslation()
  const [form, setForm] = useState<Form>(() => (detail ? formOf(detail) : emptyForm(kind)))
  const [endPhrases, setEndPhrases] = useState(false)
  const saving = useSave()
  const { faults } = saving
  const order = async (path: string, body: object, gone = false) => {
    const saved = await saving.send<SubjectSaved>(path, body)
    const warned = saved?.warnings?.map(each => faultText(each, t)).join(t('common:comma'))
    if (saved) onSaved(gone ? undefined : saved.id, warned)
  }
  const version = detail?.version ?? 0
  const set = (key: TextKey) => (value: string) => setForm({ ...form, texts: { ...form.texts, [key]: value } })
  const text = (key: TextKey, field: string = key) => ({
    ...{ word: t(`manage:field.${key}`), field, faults, value: form.texts[key], onValue: set(key) }
  })
  const isVehicle = form.kind === 'vehicle'
  const fleet = form.texts.fleetId.trim()
  const isNewFleet = fleet !== '' && choices !== undefined && !choices.fleets.includes(fleet)
  const fleetHelp = isNewFleet ? { help: t('manage:newFleet') } : {}
  return (
    <FormFrame
      {...{ saving, onReload, removeHelp: t('manage:removeSure') }}
      onSave={() => void order('/api/subjects', { draft: draftOf(form, detail?.draft.id, endPhrases), version })}
      onRemove={detail && (() => void order('/api/subjects/remove', { id: detail.draft.id, version }, true))}
    >
      {!isVehicle && (
        <ChoiceField
          {...{ word: t('manage:field.kind'), field: 'kind', faults, value: form.kind }}
          choices={(['household', 'premises'] as const).map(each => [each, t(`manage:kind.${each}`)])}
          onValue={value => setForm({ ...form, kind: value as SubjectKind })}
        />
      )}
      <TextField {...text('name')} word={t(`manage:nameOf.${form.kind}`)} needed autoFocus={!detail} />
      <TextField {...text('phone')} />
      <TextField {...text('address')} needed={!isVehicle} wide />
      {isVehicle ? <TextField {...text('fleetId')} {...fleetHelp} /> : <Place text={text} choices={choices} />}
      <TextField {...text('description')} wide />
      {!isVehicle && <TextField {...text('medicalNote')} lines={2} wide />}
      {!isVehicle && <TextField {...text('accessNote')} lines={2} wide />}
      <Sources {...{ form, faults, adopted: detail?.adopted ?? [], self: detail?.draft.id }} onForm={setForm} />
      {detail?.sharedFrom.map(({ source, of }) => (
        <p key={source} className="m t12 wide">
          {t('manage:share.from', { source: source.replace(/^sip:/, ''), name: of.name, address: of.address })}
        </p>
      ))}
      {!isVehicle && <Contacts form={form} onForm={setForm} faults={faults} />}
      {!isVehicle && <Agreed text={text} has={detail?.hasPhrases ?? false} end={endPhrases} onEnd={setEndPhrases} />}
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}

type Text = (
  key: TextKey,
  field?: string
) => { word: string; field: string; faults: Faults; value: string; onValue: (value: string) => void }

function Place({ text, choices }: { readonly text: Text; readonly choices: RecordChoices | undefined }) {
  const { t } = useTranslation()
  const groups = useMemo(
    () =>
      choices?.groups.map(({ id, name, members }) => ({ id, name, more: t('manage:groupOf', { n: members }) })) ?? [],
    [choices, t]
  )
  const cells = useMemo(() => cellItems(choices?.gridCells), [choices])
  return (
    <>
      <PickField {...text('groupId')} items={groups} none={t('manage:none')} />
      <TextField {...text('lat', 'position')} placeholder="27.03200" />
      <TextField {...text('lon', 'position.lon')} placeholder="119.61200" />
      <ChoiceField
        {...text('datum')}
        choices={[
          ['wgs84', 'WGS-84'],
          ['gcj02', t('manage:gcj02')]
        ]}
      />
      <PickField {...text('gridCellId')} items={cells} none={t('manage:byPlace')} />
    </>
  )
}

interface AgreedProps {
  readonly text: Text
  readonly has: boolean
  readonly end: boolean
  readonly onEnd: (end: boolean) => void
}

/** What somebody agreed to: that these data are kept, and the words of a call-back, which nobody reads here. */
function Agreed({ text, has, end, onEnd }: AgreedProps) {
  const { t } = useTranslation()
  return (
    <>
      <h3 className="wide">{t('manage:consent')}</h3>
      <TextField {...text('consentBy', 'consent.by')} />
      <TextField {...text('consentRelation', 'consent.relation')} />
      <TextField {...text('consentOn', 'consent.on')} type="date" />
      <h3 className="wide">
        {t('manage:phrases')} <span className="d">{t(has ? 'manage:phrasesThere' : 'manage:phrasesNone')}</span>
      </h3>
      {!end && <TextField {...text('safe', 'phrases.safe')} type="password" />}
      {!end && <TextField {...text('duress', 'phrases.duress')} type="password" />}
      {has && (
        <label className="row g6 wide">
          <input type="checkbox" checked={end} onChange={event => onEnd(event.target.checked)} />
          {t('manage:phrasesEnd')}
        </label>
      )}
    </>
  )
}
