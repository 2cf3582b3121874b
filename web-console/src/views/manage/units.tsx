/** 巡防力量: who there is, who is to be on duty by the rota, and who is. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordSaved } from '../../../../gateway/core/group-record.ts'
import type { RecordChoices } from '../../../../gateway/core/subject-record.ts'
import type { UnitClass, UnitSkill } from '../../../../gateway/core/unit.ts'
import type { UnitDetail, UnitDraft, UnitLine } from '../../../../gateway/core/unit-record.ts'
import { useSession } from '../../session.tsx'
import { Chip } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { ClassRuleTable } from './class-rule.tsx'
import { ChoiceField, cellItems, PickField, TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { History } from './history.tsx'
import { type RecordFormProps, RecordsPart } from './records-part.tsx'
import { Rota } from './rota.tsx'
import type { Column } from './rows-table.tsx'
import { nextKey } from './subject-draft.ts'
import { useDetail } from './use-detail.ts'
import { useSave } from './use-save.ts'

const CLASSES: readonly UnitClass[] = ['police', 'auxiliary', 'patrol', 'volunteer', 'informant']
type Vehicle = UnitDraft['vehicle']
/** Usual speeds through the streets, km/h. */
const SPEEDS: Readonly<Record<Vehicle, number>> = { car: 32, motorcycle: 28, bicycle: 14, foot: 5 }
const VEHICLES = Object.keys(SPEEDS) as readonly Vehicle[]

export function UnitsPart() {
  const { t } = useTranslation()
  const columns: readonly Column<UnitLine>[] = [
    {
      ...{ word: t('manage:unit.name'), width: 240 },
      cell: line => (
        <>
          {line.name} <span className="d t12 n">{line.id}</span>
        </>
      )
    },
    { word: t('manage:unit.rotaNow'), width: 170, cell: line => <Due line={line} /> },
    { word: t('manage:unit.duty'), cell: line => <OnDuty line={line} /> },
    { word: t('manage:unit.class'), width: 120, quiet: true, cell: line => t(`words:unitClass.${line.unitClass}`) },
    {
      word: t('manage:unit.vehicle'),
      width: 100,
      quiet: true,
      cell: line => t(`words:vehicle.${line.vehicle}`)
    },
    { word: t('manage:unit.memberCount'), width: 80, digits: true, cell: line => line.memberCount },
    { word: t('manage:unit.people'), width: 100, digits: true, cell: line => line.people || '–' },
    { word: t('manage:unit.phone'), width: 130, digits: true, cell: line => line.phone ?? '–' }
  ]
  return (
    <RecordsPart<UnitLine, UnitDetail>
      {...{ path: '/api/units', columns, find: t('manage:unit.find'), add: t('manage:add.unit') }}
      said={() => <ClassRuleTable />}
      keyOf={line => line.id}
      titleOf={({ draft }) => [draft.name, draft.id]}
      form={props => <UnitForm {...props} />}
    />
  )
}

/** What the rota says of this moment, and whether that is so. */
function Due({ line: { due, state } }: { readonly line: UnitLine }) {
  const { t } = useTranslation()
  if (due === undefined) return <span className="d">{t('manage:unit.noRota')}</span>
  const off = state === 'offDuty'
  if (due) return off ? <Chip tone="amber">{t('manage:unit.missing')}</Chip> : <span>{t('manage:unit.due')}</span>
  return off ? <span className="m">{t('manage:unit.notDue')}</span> : <Chip>{t('manage:unit.extra')}</Chip>
}

function OnDuty({ line: { state, members, onDutySinceMs } }: { readonly line: UnitLine }) {
  const { t } = useTranslation()
  const { site } = useSession()
  if (state === 'offDuty') return <span className="d">{t('words:unitState.offDuty')}</span>
  const time =
    onDutySinceMs === undefined ? '' : clockText(onDutySinceMs, site?.timeZone ?? 'Asia/Shanghai').slice(0, 5)
  return (
    <>
      <Chip tone="ok">{t(`words:unitState.${state}`)}</Chip> {members.join(t('common:comma'))}{' '}
      <span className="d n">{time && t('manage:unit.since', { time })}</span>
    </>
  )
}

function UnitForm({ detail, onChanged, onReload }: RecordFormProps<UnitDetail>) {
  const { t } = useTranslation()
  const saving = useSave()
  const choices = useDetail<RecordChoices>('/api/subjects/choices')
  const cells = useMemo(() => cellItems(choices?.gridCells), [choices])
  const [texts, setTexts] = useState(() => textsOf(detail?.draft))
  const [rota, setRota] = useState(() => (detail?.draft.rota ?? []).map(span => ({ key: nextKey(), ...span })))
  const [skills, setSkills] = useState<readonly UnitSkill[]>(detail?.draft.skills ?? [])
  const id = detail?.draft.id
  const version = detail?.version ?? 0
  const { faults } = saving
  const text = (key: keyof typeof texts) => ({
    ...{ word: t(`manage:unit.${WORDS[key]}`), field: key, faults, value: texts[key] },
    onValue: (value: string) => setTexts({ ...texts, [key]: value })
  })
  const order = async (path: string, body: object, gone = false) => {
    const saved = await saving.send<RecordSaved>(path, body)
    if (saved) onChanged(gone ? undefined : saved.id)
  }
  const draft = {
    ...(id ? { id } : {}),
    ...{ name: texts.name, unitClass: texts.unitClass, vehicle: texts.vehicle, phone: texts.phone },
    ...{ gridCellId: texts.gridCellId, memberCount: Number(texts.memberCount), speedKmh: Number(texts.speedKmh) },
    skills,
    rota: rota.map(({ days, from, to }) => ({ days, from, to }))
  }
  return (
    <FormFrame
      {...{ saving, onReload }}
      onSave={() => void order('/api/units', { draft, version })}
      onRemove={detail && (() => void order('/api/units/remove', { id, version }, true))}
    >
      <TextField {...text('name')} needed wide autoFocus={!detail} />
      <ChoiceField {...text('unitClass')} choices={CLASSES.map(each => [each, t(`words:unitClass.${each}`)])} />
      <TextField {...text('memberCount')} type="number" />
      <TextField {...text('phone')} />
      <ChoiceField
        {...text('vehicle')}
        choices={VEHICLES.map(each => [each, t(`words:vehicle.${each}`)])}
        onValue={value => setTexts({ ...texts, vehicle: value, speedKmh: String(SPEEDS[value as Vehicle]) })}
      />
      <TextField {...text('speedKmh')} type="number" />
      <PickField {...text('gridCellId')} items={cells} none={t('manage:unit.noCell')} />
      <Skills chosen={skills} onChosen={setSkills} />
      <Rota spans={rota} onSpans={setRota} faults={faults} />
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}

const SKILLS: readonly UnitSkill[] = ['firstAid', 'fire', 'water', 'mediation', 'traffic']

/** What its people are trained for beside their class: they go before others where the nature asks for it. */
function Skills({
  chosen,
  onChosen
}: {
  readonly chosen: readonly UnitSkill[]
  readonly onChosen: (skills: readonly UnitSkill[]) => void
}) {
  const { t } = useTranslation()
  return (
    <fieldset className="mng-skills">
      <legend className="m">{t('manage:unit.skills')}</legend>
      {SKILLS.map(each => (
        <label key={each}>
          <input
            type="checkbox"
            checked={chosen.includes(each)}
            onChange={event =>
              onChosen(event.target.checked ? [...chosen, each] : chosen.filter(known => known !== each))
            }
          />{' '}
          {t(`words:unitSkill.${each}`)}
        </label>
      ))}
    </fieldset>
  )
}

const WORDS = {
  ...{ name: 'name', unitClass: 'class', vehicle: 'vehicle', memberCount: 'memberCount', speedKmh: 'speedKmh' },
  ...{ phone: 'phone', gridCellId: 'cell' }
} as const

function textsOf(draft: UnitDraft | undefined): Record<keyof typeof WORDS, string> {
  return {
    ...{ name: draft?.name ?? '', unitClass: draft?.unitClass ?? 'patrol', vehicle: draft?.vehicle ?? 'car' },
    ...{ memberCount: String(draft?.memberCount ?? 2), speedKmh: String(draft?.speedKmh ?? SPEEDS.car) },
    ...{ phone: draft?.phone ?? '', gridCellId: draft?.gridCellId ?? '' }
  }
}
