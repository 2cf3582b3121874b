/** X: what was seen, in one digit, with words if there is time; Enter puts it on the alarm line with the camera's still. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FindingKind } from '../../../../gateway/core/wall.ts'
import { Button, Key } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'

export interface FindingSheetProps {
  readonly cameraName: string
  readonly error: string | undefined
  readonly onSend: (id: string, kind: FindingKind, note: string) => Promise<boolean>
  readonly onSent: (kind: FindingKind) => void
  readonly onClose: () => void
}

/** In the order of their digits; the same list as in core/wall.ts. */
export const KINDS: readonly FindingKind[] = ['fight', 'fire', 'accident', 'fallen', 'hazard', 'equipment', 'other']

export function FindingSheet({ cameraName, error, onSend, onSent, onClose }: FindingSheetProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<FindingKind>()
  const [text, setText] = useState('')
  const [sending, setSending] = useState(false)
  const note = useRef<HTMLInputElement>(null)
  // One finding, however often it is sent.
  const [findingId] = useState(() => crypto.randomUUID())

  useEffect(() => {
    if (kind) note.current?.focus()
  }, [kind])
  const send = async () => {
    if (!kind || sending) return
    setSending(true)
    const sent = await onSend(findingId, kind, text.trim())
    setSending(false)
    if (sent) onSent(kind)
  }
  return (
    <Sheet title={t('rounds:findingAt', { name: cameraName })} onClose={onClose}>
      <form
        className="col g12"
        onKeyDown={event => {
          const digit = /^(?:Digit|Numpad)([1-7])$/.exec(event.code)?.[1]
          if (digit === undefined || event.target instanceof HTMLInputElement) return
          event.preventDefault()
          setKind(KINDS[Number(digit) - 1])
        }}
        onSubmit={event => {
          event.preventDefault()
          void send()
        }}
      >
        <KindList kind={kind} onKind={setKind} />
        <input
          ref={note}
          value={text}
          maxLength={160}
          placeholder={t('rounds:note')}
          aria-label={t('rounds:note')}
          onChange={event => setText(event.target.value)}
        />
        <div className="row g8">
          <Button
            type="submit"
            keyCap="↵"
            state={sending ? 'sending' : 'best'}
            whyNot={kind ? undefined : t('rounds:kindFirst')}
          >
            {t('rounds:report')}
          </Button>
          <span className="m t12">{t('rounds:reportHelp')}</span>
        </div>
        {error !== undefined && (
          <p className="t-red" role="alert">
            {error}
          </p>
        )}
      </form>
    </Sheet>
  )
}

/** What the gateway makes of it (gateway/wall/finding.ts). */
const BECOMES: Readonly<Record<FindingKind, 'urgent' | 'report' | 'trouble'>> = {
  fight: 'report',
  fire: 'urgent',
  accident: 'report',
  fallen: 'urgent',
  hazard: 'report',
  equipment: 'trouble',
  other: 'report'
}

interface KindListProps {
  readonly kind: FindingKind | undefined
  readonly onKind: (kind: FindingKind) => void
}

function KindList({ kind, onKind }: KindListProps) {
  const { t } = useTranslation()
  return (
    <ol className="rounds-kinds">
      {KINDS.map((each, index) => (
        <li key={each}>
          <button
            type="button"
            className="sheet-row"
            aria-pressed={each === kind}
            ref={index === 0 ? focusFirst : undefined}
            onClick={() => onKind(each)}
          >
            <Key>{index + 1}</Key>
            <span className="grow">{t(`rounds:kind.${each}`)}</span>
            <span className="m t12">{t(`rounds:becomes.${BECOMES[each]}`)}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}

/** A stable function: as a ref it runs once, when the list appears. */
function focusFirst(button: HTMLButtonElement | null): void {
  setTimeout(() => button?.focus())
}
