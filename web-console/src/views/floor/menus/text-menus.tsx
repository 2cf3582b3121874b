/** Menus with words: note (B), hand-over (H), reopen with a reason. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'
import { DigitMenu } from './digit-menu.tsx'

const MAX_TEXT = 500

interface TextFormProps {
  readonly label: string
  readonly go: string
  readonly required?: boolean
  readonly send: (text: string) => void
}

/** One line and its button; Enter sends. */
export function TextForm({ label, go, required, send }: TextFormProps) {
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!required || text.trim() !== '') send(text.trim())
  }
  return (
    <form className="row g8 text-form" onSubmit={submit}>
      <input
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={MAX_TEXT}
        // The operator has just asked for this field by its key.
        ref={input => input?.focus({ preventScroll: true })}
        onChange={event => setText(event.target.value)}
      />
      <Button type="submit" state="best" keyCap="↵">
        {go}
      </Button>
    </form>
  )
}

export function NoteMenu() {
  const { t } = useTranslation()
  const { act } = useFloor()
  return (
    <TextForm
      label={t('floor:menu.noteText')}
      go={t('floor:menu.noteGo')}
      required
      send={text => void act({ action: 'annotate', text })}
    />
  )
}

export function ReopenMenu() {
  const { t } = useTranslation()
  const { act } = useFloor()
  return (
    <TextForm
      label={t('floor:menu.reopenText')}
      go={t('floor:do.reopen')}
      required
      send={reason => void act({ action: 'reopen', reason })}
    />
  )
}

const SERVICES = ['110', '119', '120', '12345'] as const

export function HandOverMenu() {
  const { t } = useTranslation()
  const { act } = useFloor()
  const [to, setTo] = useState<(typeof SERVICES)[number]>()
  if (!to)
    return (
      <DigitMenu
        choices={SERVICES.map(service => ({ label: t(`floor:service.${service}`), choose: () => setTo(service) }))}
      />
    )
  return (
    <>
      <p className="m menu-said">{t('floor:menu.handOverTo', { to: t(`floor:service.${to}`) })}</p>
      <TextForm
        label={t('floor:menu.orderNumber')}
        go={t('floor:do.handOver110')}
        send={orderNumber => void act({ action: 'handOver110', to, ...(orderNumber ? { orderNumber } : {}) })}
      />
    </>
  )
}
