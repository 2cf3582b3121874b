/** Makes or changes a plan: name, shifts with those on duty, how often, how long to look, cameras in order. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Draft, Maker, PatrolPlan } from '../../../../gateway/core/wall.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useConsole } from '../../state/store.ts'
import { CameraPicker } from '../../ui/camera-picker.tsx'
import { Button } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'
import { minuteOfDay, minutesOf } from './walk-state.ts'

export interface PlanFormProps {
  readonly plan: PatrolPlan | undefined
  readonly people: readonly Maker[]
  readonly onDone: () => void
}

interface ShiftText {
  readonly from: string
  readonly to: string
  readonly persons: readonly string[]
}

/** The three shifts of a day: 00–08, 08–16, 16–24. */
const THREE: readonly ShiftText[] = [
  { from: '00:00', to: '08:00', persons: [] },
  { from: '08:00', to: '16:00', persons: [] },
  { from: '16:00', to: '24:00', persons: [] }
]

/** As many as the gateway keeps (core/wall.ts). */
const MAX_SHIFTS = 8

function textsOf(plan: PatrolPlan | undefined): readonly ShiftText[] {
  return (
    plan?.shifts.map(({ fromMin, toMin, persons }) => ({
      from: minuteOfDay(fromMin),
      to: minuteOfDay(toMin === 0 ? 1_440 : toMin),
      persons
    })) ?? THREE
  )
}

export function PlanForm({ plan, people, onDone }: PlanFormProps) {
  const { t } = useTranslation()
  const cameras = useConsole(state => [...state.cameras.values()].filter(camera => camera.ownership === 'public'))
  const [name, setName] = useState(plan?.name ?? '')
  const [shifts, setShifts] = useState(() => textsOf(plan))
  const [intervalMin, setInterval] = useState(plan?.intervalMin ?? 60)
  const [minLookS, setMinLook] = useState(plan?.minLookS ?? 10)
  const [chosen, setChosen] = useState<readonly string[]>(plan?.cameras ?? [])
  const [error, setError] = useState<string>()
  const used = shifts.filter(shift => shift.persons.length > 0)
  const times = used.flatMap(shift => [minutesOf(shift.from), minutesOf(shift.to)])
  const wrong = [
    name.trim() === '' && 'nameFirst',
    used.length === 0 && 'personsFirst',
    times.includes(undefined) && 'timeWrong',
    !(intervalMin >= 10 && intervalMin <= 720) && 'intervalBounds',
    !(minLookS >= 3 && minLookS <= 120) && 'lookBounds',
    chosen.length === 0 && 'camerasFirst'
  ].find(each => each !== false)
  const keep = async () => {
    const draft: Draft<PatrolPlan> = {
      name: name.trim(),
      shared: true,
      intervalMin: Math.round(intervalMin),
      minLookS: Math.round(minLookS),
      cameras: chosen,
      shifts: used.map(({ from, to, persons }) => ({
        fromMin: minutesOf(from) ?? 0,
        toMin: minutesOf(to) ?? 0,
        persons
      })),
      ...(plan ? { id: plan.id, version: plan.version } : {})
    }
    try {
      await post('/api/video-patrol/plans', draft)
      onDone()
    } catch (failed) {
      setError(refusalText(failed, t))
    }
  }
  return (
    <form
      className="col g12"
      onSubmit={event => {
        event.preventDefault()
        if (wrong === undefined) void keep()
      }}
    >
      <PlanHead {...{ name, intervalMin, minLookS, setName, setInterval, setMinLook }} />
      {shifts.map((shift, index) => (
        <ShiftRow
          key={THREE[index]?.from ?? `shift ${index + 1}`}
          shift={shift}
          people={people}
          onShift={next => setShifts(shifts.map((each, at) => (at === index ? next : each)))}
        />
      ))}
      {shifts.length < MAX_SHIFTS && (
        <div className="row">
          <Button onClick={() => setShifts([...shifts, { from: '', to: '', persons: [] }])}>
            {t('rounds:shiftAdd')}
          </Button>
        </div>
      )}
      <CameraPicker cameras={cameras} chosen={chosen} onChosen={setChosen} />
      <div className="row g8">
        <Button type="submit" state="best" whyNot={wrong === undefined ? undefined : t(`rounds:wrong.${wrong}`)}>
          {t('wall:keep')}
        </Button>
        <span className="m t12">{wrong === undefined ? t('rounds:planHelp') : t(`rounds:wrong.${wrong}`)}</span>
      </div>
      {error !== undefined && (
        <p className="t-red" role="alert">
          {error}
        </p>
      )}
    </form>
  )
}

interface PlanHeadProps {
  readonly name: string
  readonly intervalMin: number
  readonly minLookS: number
  readonly setName: (name: string) => void
  readonly setInterval: (minutes: number) => void
  readonly setMinLook: (seconds: number) => void
}

function PlanHead({ name, intervalMin, minLookS, setName, setInterval, setMinLook }: PlanHeadProps) {
  const { t } = useTranslation()
  return (
    <div className="row g8 sheet-form">
      <input
        className="grow"
        value={name}
        maxLength={40}
        placeholder={t('rounds:planName')}
        aria-label={t('rounds:planName')}
        onChange={event => setName(event.target.value)}
      />
      <NumberField label={t('rounds:every')} unit={t('rounds:minutes')} value={intervalMin} onValue={setInterval} />
      <NumberField label={t('rounds:lookAtLeast')} unit={t('wall:seconds')} value={minLookS} onValue={setMinLook} />
    </div>
  )
}

interface NumberFieldProps {
  readonly label: string
  readonly unit: string
  readonly value: number
  readonly onValue: (value: number) => void
}

function NumberField({ label, unit, value, onValue }: NumberFieldProps) {
  return (
    <label className="row g6 nw">
      {label}
      <input
        className="sheet-number n"
        type="number"
        value={value}
        onChange={event => onValue(Number(event.target.value))}
      />
      {unit}
    </label>
  )
}

interface ShiftRowProps {
  readonly shift: ShiftText
  readonly people: readonly Maker[]
  readonly onShift: (shift: ShiftText) => void
}

function ShiftRow({ shift, people, onShift }: ShiftRowProps) {
  const { t } = useTranslation()
  const toggle = (login: string) =>
    onShift({
      ...shift,
      persons: shift.persons.includes(login) ? shift.persons.filter(each => each !== login) : [...shift.persons, login]
    })
  return (
    <fieldset className="rounds-shift row g8">
      <input
        className="sheet-number n"
        value={shift.from}
        aria-label={t('rounds:from')}
        onChange={event => onShift({ ...shift, from: event.target.value })}
      />
      –
      <input
        className="sheet-number n"
        value={shift.to}
        aria-label={t('rounds:to')}
        onChange={event => onShift({ ...shift, to: event.target.value })}
      />
      <span className="row g12 rounds-people">
        {people.map(person => (
          <label key={person.login} className="row g6 nw">
            <input
              type="checkbox"
              checked={shift.persons.includes(person.login)}
              onChange={() => toggle(person.login)}
            />
            {person.name} <span className="d n">{person.login}</span>
          </label>
        ))}
      </span>
    </fieldset>
  )
}
