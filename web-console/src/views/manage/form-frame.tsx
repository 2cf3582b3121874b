/** The frame of every form: fields that scroll, what went wrong, and below them save and remove. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { Refusal } from '../../wire/api.ts'
import { type Faults, faultText } from './fields.tsx'
import { Remove } from './remove.tsx'
import type { useSave } from './use-save.ts'

interface FormFrameProps {
  readonly saving: Pick<ReturnType<typeof useSave>, 'faults' | 'refused' | 'state'>
  readonly onSave: () => void
  /** What the button does, where it does more than keep what was typed. */
  readonly saveWord?: string
  /** Absent: there is nothing to remove. */
  readonly onRemove?: (() => void) | undefined
  readonly removeHelp?: string
  /** Opens the record as it is now; offered when somebody else was quicker. */
  readonly onReload?: (() => void) | undefined
  /** Other orders beside it. */
  readonly orders?: ReactNode
  readonly children: ReactNode
}

export function FormFrame({
  saving,
  onSave,
  saveWord,
  onRemove,
  removeHelp,
  onReload,
  orders,
  children
}: FormFrameProps) {
  const { t } = useTranslation()
  const { faults, refused, state } = saving
  const form = useRef<HTMLFormElement>(null)
  const homeless = useHomeless(form, faults)
  useFirstFault(form, faults, refused)
  const quicker = onReload !== undefined && refused instanceof Refusal && refused.code === 'CONFLICT_RETRY'
  const said = [
    ...homeless.map(fault => faultText(fault, t)),
    ...(refused === undefined || quicker ? [] : [refusalText(refused, t)])
  ]
  return (
    <form
      ref={form}
      className="mng-form"
      onSubmit={event => {
        event.preventDefault()
        onSave()
      }}
    >
      <div className="mng-fields">
        {children}
        {said.length > 0 && (
          <p className="mng-fault wide" role="alert">
            {said.join(' · ')}
          </p>
        )}
        {quicker && (
          <p className="mng-fault wide row g8" role="alert">
            <span className="grow">{t('manage:quicker')}</span>
            <Button onClick={onReload}>{t('manage:openAnew')}</Button>
          </p>
        )}
      </div>
      <div className="row g8 mng-buttons">
        <Button type="submit" state={state === 'sending' ? 'sending' : 'best'}>
          {saveWord ?? t('manage:keep')}
        </Button>
        {faults.length > 0 && <span className="mng-fault">{t('manage:faults', { count: faults.length })}</span>}
        <span className="grow" />
        {orders}
        {onRemove && <Remove onRemove={onRemove} help={removeHelp} />}
      </div>
    </form>
  )
}

/** Faults whose field has no place in this form (`data-field`): they are said below, so that none is counted and not told. */
function useHomeless(form: React.RefObject<HTMLFormElement | null>, faults: Faults): Faults {
  const [homeless, setHomeless] = useState<Faults>([])
  useLayoutEffect(() => {
    const places = [...(form.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])].map(
      each => each.dataset.field ?? ''
    )
    const isHome = (field: string) => places.some(place => place === field || field.startsWith(`${place}:`))
    setHomeless(faults.filter(({ field }) => !isHome(field)))
  }, [form, faults])
  return homeless
}

/** What came of saving may lie out of sight: the first faulty field gets the focus, or what was said is scrolled to. */
function useFirstFault(form: React.RefObject<HTMLFormElement | null>, faults: Faults, refused: unknown): void {
  useEffect(() => {
    if (faults.length === 0 && refused === undefined) return
    const first = form.current?.querySelector<HTMLElement>(
      '.mng-fields :is([aria-invalid="true"], .mng-fault:not([hidden]))'
    )
    // Of a group of inputs its first one.
    const field = first?.matches('[aria-invalid]')
      ? first
      : first?.closest('fieldset')?.querySelector<HTMLElement>('input, select, textarea, button')
    field?.focus({ preventScroll: true })
    first?.scrollIntoView({ block: 'center' })
  }, [form, faults, refused])
}
