/** Menus with words: note (B), reopen and return (⇧X) with a reason. */
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { forgetDraft, useDraft } from '../../../state/drafts.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'

const MAX_TEXT = 500

interface TextFormProps {
  /** Under this name the words are kept until they are sent. */
  readonly draft: string
  readonly label: string
  readonly go: string
  readonly required?: boolean
  /** True when the gateway took it; else the words stay. */
  readonly send: (text: string) => Promise<boolean>
}

/** One line and its button; Enter sends. */
export function TextForm({ draft, label, go, required, send }: TextFormProps) {
  const [text, type] = useDraft<string>(draft, '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (required && text.trim() === '') return
    void send(text.trim()).then(done => done && forgetDraft(draft))
  }
  return (
    <form className="row g8 text-form" onSubmit={submit}>
      <input
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={MAX_TEXT}
        ref={takeFocus}
        onChange={event => type(event.target.value)}
      />
      <Button type="submit" state="best" keyCap="↵">
        {go}
      </Button>
    </form>
  )
}

export function NoteMenu() {
  const { t } = useTranslation()
  const { act, incident } = useFloor()
  return (
    <TextForm
      draft={`${incident?.id}/note`}
      label={t('floor:menu.noteText')}
      go={t('floor:menu.noteGo')}
      required
      send={text => act({ action: 'annotate', text })}
    />
  )
}

export function ReopenMenu() {
  const { t } = useTranslation()
  const { act, incident } = useFloor()
  return (
    <TextForm
      draft={`${incident?.id}/reopen`}
      label={t('floor:menu.reopenText')}
      go={t('floor:do.reopen')}
      required
      send={reason => act({ action: 'reopen', reason })}
    />
  )
}

export function ReturnMenu() {
  const { t } = useTranslation()
  const { act, incident } = useFloor()
  return (
    <TextForm
      draft={`${incident?.id}/returned`}
      label={t('floor:menu.returnText')}
      go={t('floor:do.returnFeedback')}
      required
      send={reason => act({ action: 'returnFeedback', reason })}
    />
  )
}
