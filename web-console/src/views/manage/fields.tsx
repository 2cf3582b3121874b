/** Labelled inputs of the administration's forms, with what is wrong said below the field it is about. */

import type { TFunction } from 'i18next'
import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordFault } from '../../../../gateway/core/subject-record.ts'
import { dayOf } from '../../ui/day-text.ts'
import { Pick as Picker } from '../../ui/pick.tsx'
import type { PickItem } from '../../ui/pick-match.ts'

export type Faults = readonly Pick<RecordFault, 'field' | 'code' | 'value' | 'other'>[]

export function faultText({ code, value = '', other = '' }: Faults[number], t: TFunction): string {
  const key = code === 'twice' && other !== '' ? 'twiceLine' : code
  return t(`manage:fault.${key}`, { value, other })
}

/** What is wrong with a group of inputs as a whole: too many of them, none, one that is not known. */
export function GroupFaults({ field, faults }: { readonly field: string; readonly faults: Faults }) {
  const { t } = useTranslation()
  const own = faults.filter(fault => fault.field === field)
  return (
    <p className="mng-fault" data-field={field} hidden={own.length === 0}>
      {own.map(fault => faultText(fault, t)).join(t('common:comma'))}
    </p>
  )
}

interface FieldProps {
  readonly word: string
  readonly field: string
  readonly faults: Faults
  readonly needed?: boolean
  readonly wide?: boolean
  /** What it may hold, said beforehand. */
  readonly help?: string
  readonly children: (attributes: {
    readonly id: string
    readonly 'aria-invalid': boolean
    readonly 'aria-describedby': string | undefined
  }) => ReactNode
}

export function Field({ word, field, faults, needed, wide, help, children }: FieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const own = faults.filter(fault => fault.field === field || fault.field.startsWith(`${field}:`))
  const wrong = own.length > 0
  return (
    <div className={wide ? 'mng-field wide' : 'mng-field'} data-field={field}>
      <label htmlFor={id}>
        {word}
        {needed && <span className="d"> {t('manage:needed')}</span>}
      </label>
      {children({
        id,
        'aria-invalid': wrong,
        'aria-describedby': wrong ? `${id}-fault` : help ? `${id}-help` : undefined
      })}
      {help && !wrong && (
        <p id={`${id}-help`} className="m t12">
          {help}
        </p>
      )}
      {wrong && (
        <p id={`${id}-fault`} className="mng-fault">
          {own.map(fault => faultText(fault, t)).join(t('common:comma'))}
        </p>
      )}
    </div>
  )
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string
  readonly onValue: (value: string) => void
  readonly lines?: number
  readonly placeholder?: string
  /** `search`: it looks for something, and holds nothing that could be kept. */
  readonly type?: 'text' | 'date' | 'time' | 'number' | 'password' | 'search'
  readonly autoFocus?: boolean
  /** ↵ here does this in place of saving the form. */
  readonly onEnter?: () => void
}

export function TextField(props: TextFieldProps) {
  const { value, onValue, lines, placeholder, type = 'text', autoFocus, onEnter, ...field } = props
  // Written one way on every machine; what is no day is said at the field by the gateway.
  const isDay = type === 'date'
  const keyDown = (event: KeyboardEvent) => {
    // While an input method composes, ↵ takes its word.
    if (!onEnter || event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    onEnter()
  }
  return (
    <Field {...field}>
      {attributes =>
        lines === undefined ? (
          <input
            {...attributes}
            {...(isDay ? ({ type: 'text', inputMode: 'numeric', maxLength: 12 } as const) : { type })}
            {...{ value, placeholder: isDay ? '2026-01-31' : placeholder }}
            onBlur={isDay ? () => onValue(dayOf(value) ?? value) : undefined}
            // biome-ignore lint/a11y/noAutofocus: a form that was just opened begins at its first field
            autoFocus={autoFocus}
            autoComplete="off"
            onKeyDown={keyDown}
            onChange={event => onValue(event.target.value)}
          />
        ) : (
          <textarea {...attributes} rows={lines} value={value} onChange={event => onValue(event.target.value)} />
        )
      }
    </Field>
  )
}

interface ChoiceFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string
  readonly onValue: (value: string) => void
  /** Value and word; a first one without value is "none". */
  readonly choices: readonly (readonly [string, string])[]
}

export function ChoiceField({ value, onValue, choices, ...field }: ChoiceFieldProps) {
  return (
    <Field {...field}>
      {attributes => (
        <select {...attributes} value={value} onChange={event => onValue(event.target.value)}>
          {choices.map(([each, word]) => (
            <option key={each} value={each}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface PickFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string
  readonly onValue: (value: string) => void
  readonly items: readonly PickItem[]
  /** The word of "none"; absent where there must be one. */
  readonly none?: string
  readonly placeholder?: string
}

/** As ChoiceField where there may be thousands: found by typing. */
export function PickField({ value, onValue, items, none, placeholder, ...field }: PickFieldProps) {
  return (
    <Field {...field}>
      {attributes => (
        <Picker
          {...attributes}
          {...{ value, onValue, items }}
          {...(none === undefined ? {} : { none })}
          {...(placeholder === undefined ? {} : { placeholder })}
        />
      )}
    </Field>
  )
}

/** Grid cells, found by their code, too. */
export const cellItems = (cells: readonly { readonly id: string; readonly name: string }[] = []): readonly PickItem[] =>
  cells.map(({ id, name }) => ({ id, name, more: id }))
