/** Whom a group call means, what it says, and whether telephones ring; the button says how many it reaches. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { UnitId } from '../../../../../gateway/core/brand.ts'
import type { GroupCallChoices, GroupCallKind, GroupTarget } from '../../../../../gateway/core/group-call.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { Button } from '../../../ui/parts.tsx'
import { Pick } from '../../../ui/pick.tsx'
import { Sheet } from '../../../ui/sheet.tsx'
import { useSecondPress } from '../../../ui/use-second-press.ts'
import { post } from '../../../wire/api.ts'
import { usePolled } from '../../cameras/use-camera-health.ts'
import { KINDS, matchingUnits, PLACE_MAX, TARGETS, type TargetKind, TEXT_MAX, targetOf, unitsOf } from './choice.ts'

const CHOICES_MS = 2_000

export function GroupCallSheet(props: { readonly onClose: () => void; readonly onStarted: () => void }) {
  const { t } = useTranslation()
  // Teams sign on and off while somebody writes: the number on the button is that of now.
  const { data: choices, failed } = usePolled<GroupCallChoices>('/api/group-calls/choices', CHOICES_MS)
  const [refused, setRefused] = useState('')
  return (
    <Sheet title={t('group:title')} onClose={props.onClose} ownKeys>
      {choices && <Form choices={choices} onStarted={props.onStarted} onRefused={setRefused} />}
      {(refused || failed) && (
        <p className="t-red" role="alert">
          {refused || t(`words:error.${failed}`)}
        </p>
      )}
    </Sheet>
  )
}

function Form(props: {
  readonly choices: GroupCallChoices
  readonly onStarted: () => void
  readonly onRefused: (why: string) => void
}) {
  const { t } = useTranslation()
  const { choices } = props
  const [kind, setKind] = useState<GroupCallKind>('muster')
  const [place, setPlace] = useState('')
  const [text, setText] = useState('')
  const [telephone, setTelephone] = useState(true)
  const [target, setTarget] = useState<GroupTarget>({ kind: 'onDuty' })
  const [sending, setSending] = useState(false)
  const units = unitsOf(target, choices)
  const gathers = kind === 'muster'
  const nowhere = gathers && place.trim() === ''
  const second = useSecondPress()
  const question = `${kind} ${target.kind}`
  const asked = second.asked === question
  const start = async () => {
    if (target.kind === 'onDuty' && !second.press(question)) return
    setSending(true)
    try {
      const said = { ...(gathers ? { place: place.trim() } : {}), ...(text.trim() ? { text: text.trim() } : {}) }
      await post('/api/group-calls', { target, kind, telephone, ...said })
      props.onStarted()
    } catch (error) {
      props.onRefused(refusalText(error, t))
    } finally {
      setSending(false)
    }
  }
  return (
    <>
      <Target choices={choices} target={target} onTarget={setTarget} />
      <fieldset className="group-field">
        <legend className="lab">{t('group:what')}</legend>
        {KINDS.map(each => (
          <label key={each} className="row g6">
            <input type="radio" name="group-kind" checked={kind === each} onChange={() => setKind(each)} />
            {t(`group:kind.${each}`)}
          </label>
        ))}
      </fieldset>
      {gathers && <Place choices={choices} place={place} onPlace={setPlace} />}
      <label className="group-text">
        <span className="lab">{t('group:text')}</span>
        <input
          value={text}
          maxLength={TEXT_MAX}
          placeholder={t('group:textHint')}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <label className="row g6">
        <input type="checkbox" checked={telephone} onChange={event => setTelephone(event.target.checked)} />
        {t('group:telephone')}
      </label>
      <p className="m">{t('group:note')}</p>
      <div className="row g8">
        <span className="grow m" role="status">
          {second.lapsed && t('group:lapsed')}
        </span>
        <Button
          state={sending ? 'sending' : 'best'}
          whyNot={units === 0 ? t('group:nobody') : nowhere ? t('group:placeFirst') : undefined}
          onClick={start}
        >
          {t(asked ? 'group:goSure' : 'group:go', { n: units })}
        </Button>
      </div>
    </>
  )
}

function Place(props: {
  readonly choices: GroupCallChoices
  readonly place: string
  readonly onPlace: (place: string) => void
}) {
  const { t } = useTranslation()
  const { choices, place, onPlace } = props
  const items = useMemo(
    () => [
      ...choices.places.map(({ id, name, number }) => ({ id, name, more: number })),
      ...choices.cells.map(({ id, name }) => ({ id, name }))
    ],
    [choices]
  )
  return (
    <>
      <label className="group-text">
        <span className="lab">{t('group:place')}</span>
        <input
          value={place}
          maxLength={PLACE_MAX}
          placeholder={t('group:placeHint')}
          onChange={event => onPlace(event.target.value)}
        />
      </label>
      {items.length > 0 && (
        <Pick
          aria-label={t('group:placeFrom')}
          placeholder={t('group:placeFrom')}
          value=""
          items={items}
          onValue={value => onPlace(items.find(({ id }) => id === value)?.name.slice(0, PLACE_MAX) ?? place)}
        />
      )}
    </>
  )
}

function Target(props: {
  readonly choices: GroupCallChoices
  readonly target: GroupTarget
  readonly onTarget: (target: GroupTarget) => void
}) {
  const { t } = useTranslation()
  const { choices, target, onTarget } = props
  const cells = useMemo(
    () => choices.cells.map(({ id, name, units }) => ({ id, name, more: t('group:ofUnits', { count: units }) })),
    [choices, t]
  )
  const possible = (kind: TargetKind) => targetOf(kind, choices) !== undefined
  return (
    <>
      <fieldset className="group-field">
        <legend className="lab">{t('group:whom')}</legend>
        {TARGETS.filter(possible).map(kind => (
          <label key={kind} className="row g6">
            <input
              type="radio"
              name="group-target"
              checked={target.kind === kind}
              onChange={() => onTarget(targetOf(kind, choices) ?? target)}
            />
            {t(`group:target.${kind}`, { n: choices.onDuty })}
          </label>
        ))}
      </fieldset>
      {target.kind === 'cell' && (
        <Pick
          aria-label={t('group:target.cell')}
          value={target.cellId}
          items={cells}
          onValue={value => {
            const cell = choices.cells.find(({ id }) => id === value)
            if (cell) onTarget({ kind: 'cell', cellId: cell.id })
          }}
        />
      )}
      {target.kind === 'class' && (
        <select
          aria-label={t('group:target.class')}
          value={target.unitClass}
          onChange={({ target: { value } }) => {
            const found = choices.classes.find(({ unitClass }) => unitClass === value)
            if (found) onTarget({ kind: 'class', unitClass: found.unitClass })
          }}
        >
          {choices.classes.map(({ unitClass, units }) => (
            <option key={unitClass} value={unitClass}>
              {t('group:option', { name: t(`words:unitClass.${unitClass}`), n: units })}
            </option>
          ))}
        </select>
      )}
      {target.kind === 'units' && (
        <UnitPicker
          units={choices.units}
          chosen={target.unitIds}
          onChosen={unitIds => onTarget({ kind: 'units', unitIds })}
        />
      )}
    </>
  )
}

function UnitPicker(props: {
  readonly units: GroupCallChoices['units']
  readonly chosen: readonly UnitId[]
  readonly onChosen: (chosen: readonly UnitId[]) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const { units, chosen, onChosen } = props
  return (
    <>
      <input
        type="search"
        aria-label={t('group:find')}
        placeholder={t('group:find')}
        value={text}
        maxLength={40}
        onChange={event => setText(event.target.value)}
      />
      <ul className="group-picker">
        {matchingUnits(units, text, chosen).map(({ id, name, onDuty, phone }) => (
          <li key={id}>
            <label className="row g8">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={({ target: { checked } }) =>
                  onChosen(checked ? [...chosen, id] : chosen.filter(each => each !== id))
                }
              />
              <span className="grow el">{name}</span>
              <span className="m">{t(onDuty ? 'group:onDuty' : 'words:unitState.offDuty')}</span>
              {phone && <span className="m">{t('group:hasPhone')}</span>}
            </label>
          </li>
        ))}
      </ul>
    </>
  )
}
