/** Asks why a private camera is looked at (rule 9); the words are audited with the look. */
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { forgetDraft, useDraft } from '../state/drafts.ts'
import { Button } from '../ui/parts.tsx'

/** Shorter is no reason that anybody can check later; the gateway refuses it too. */
const MIN_LENGTH = 4
const MAX_LENGTH = 200

const given = new Map<string, string>()
const listeners = new Set<() => void>()

/** The words that were given for a camera in this window. */
export function givenReason(cameraId: string): string | undefined {
  return given.get(cameraId)
}

/** A reason stays with its camera in this window, on every tile that shows it, also on one that is opened later; a reload forgets it. */
export function useReason(cameraId: string): readonly [string | undefined, (reason: string) => void] {
  const reason = useSyncExternalStore(subscribe, () => given.get(cameraId))
  const give = (words: string) => {
    given.set(cameraId, words)
    for (const listener of listeners) listener()
  }
  return [reason, give]
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The reason given for this camera in this window, for what else is asked of it. */
export function reasonGiven(cameraId: string): string | undefined {
  return given.get(cameraId)
}

interface ReasonFormProps {
  readonly cameraId: string
  readonly onReason: (reason: string) => void
}

export function ReasonForm({ cameraId, onReason }: ReasonFormProps) {
  const { t } = useTranslation()
  const draft = `reason/${cameraId}`
  const [text, setText] = useDraft<string>(draft, '')
  const field = useRef<HTMLInputElement>(null)
  // In the large picture there is nothing else to do: who opened it by key goes on by key.
  useEffect(() => {
    if (field.current?.closest('dialog')) field.current.focus()
  }, [])
  const reason = text.trim()
  const short = reason.length < MIN_LENGTH
  return (
    <form
      className="tile-reason"
      onSubmit={event => {
        event.preventDefault()
        if (short) return
        onReason(reason)
        forgetDraft(draft)
      }}
    >
      <input
        ref={field}
        value={text}
        maxLength={MAX_LENGTH}
        placeholder={t('wall:reason')}
        aria-label={t('wall:reason')}
        onChange={event => setText(event.target.value)}
      />
      <Button
        type="submit"
        state={short ? 'ready' : 'best'}
        whyNot={short ? t('wall:reasonShort', { n: MIN_LENGTH }) : undefined}
      >
        {t('wall:look')}
      </Button>
    </form>
  )
}
