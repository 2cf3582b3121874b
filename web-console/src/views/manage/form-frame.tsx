/** The frame of every form: fields that scroll, what went wrong, and below them save and remove. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { Refusal } from '../../wire/api.ts'
import { faultText } from './fields.tsx'
import { Remove } from './remove.tsx'
import type { useSave } from './use-save.ts'

interface FormFrameProps {
  readonly saving: Pick<ReturnType<typeof useSave>, 'faults' | 'refused' | 'state'>
  readonly onSave: () => void
  /** Absent: there is nothing to remove. */
  readonly onRemove?: (() => void) | undefined
  readonly removeHelp?: string
  /** Opens the record as it is now; offered when somebody else was quicker. */
  readonly onReload?: (() => void) | undefined
  /** Other orders beside it. */
  readonly orders?: ReactNode
  /** Fields that have no place of their own for what is wrong with them. */
  readonly general: (field: string) => boolean
  readonly children: ReactNode
}

export function FormFrame({
  saving,
  onSave,
  onRemove,
  removeHelp,
  onReload,
  orders,
  general,
  children
}: FormFrameProps) {
  const { t } = useTranslation()
  const { faults, refused, state } = saving
  const form = useFirstFault(faults, refused)
  const quicker = onReload !== undefined && refused instanceof Refusal && refused.code === 'CONFLICT_RETRY'
  const said = [
    ...faults.filter(({ field }) => general(field)).map(fault => faultText(fault, t)),
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
          {t('manage:keep')}
        </Button>
        {faults.length > 0 && <span className="mng-fault">{t('manage:faults', { count: faults.length })}</span>}
        <span className="grow" />
        {orders}
        {onRemove && <Remove onRemove={onRemove} help={removeHelp} />}
      </div>
    </form>
  )
}

/** What came of saving may lie out of sight: the first faulty field gets the focus, or what was said is scrolled to. */
function useFirstFault(faults: FormFrameProps['saving']['faults'], refused: unknown) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (faults.length === 0 && refused === undefined) return
    const first = form.current?.querySelector<HTMLElement>('.mng-fields :is([aria-invalid="true"], .mng-fault)')
    if (first?.matches('[aria-invalid]')) first.focus({ preventScroll: true })
    first?.scrollIntoView({ block: 'center' })
  }, [faults, refused])
  return form
}
