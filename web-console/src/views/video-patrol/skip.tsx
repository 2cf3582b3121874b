/** K: why a camera is passed over, by digit or in words; it is on record. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Key } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'

export interface SkipSheetProps {
  readonly cameraName: string
  readonly onSkip: (reason: string) => void
  readonly onClose: () => void
}

const REASONS = ['noPicture', 'repair', 'incident'] as const

export function SkipSheet({ cameraName, onSkip, onClose }: SkipSheetProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const reason = text.trim()
  return (
    <Sheet title={t('rounds:skipAt', { name: cameraName })} onClose={onClose}>
      <form
        className="col g12"
        onKeyDown={event => {
          const digit = /^(?:Digit|Numpad)([1-3])$/.exec(event.code)?.[1]
          if (digit === undefined || event.target instanceof HTMLInputElement) return
          event.preventDefault()
          onSkip(t(`rounds:reason.${REASONS[Number(digit) - 1] ?? 'noPicture'}`))
        }}
        onSubmit={event => {
          event.preventDefault()
          if (reason.length >= 2) onSkip(reason)
        }}
      >
        <ol className="rounds-kinds">
          {REASONS.map((each, index) => (
            <li key={each}>
              <button
                type="button"
                className="sheet-row"
                ref={index === 0 ? focusFirst : undefined}
                onClick={() => onSkip(t(`rounds:reason.${each}`))}
              >
                <Key>{index + 1}</Key>
                <span className="grow">{t(`rounds:reason.${each}`)}</span>
              </button>
            </li>
          ))}
        </ol>
        <div className="row g8">
          <input
            className="grow"
            value={text}
            maxLength={200}
            placeholder={t('rounds:otherReason')}
            aria-label={t('rounds:otherReason')}
            onChange={event => setText(event.target.value)}
          />
          <Button type="submit" whyNot={reason.length >= 2 ? undefined : t('rounds:otherReason')}>
            {t('rounds:skip')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}

/** A stable function: as a ref it runs once, when the list appears. */
function focusFirst(button: HTMLButtonElement | null): void {
  setTimeout(() => button?.focus())
}
