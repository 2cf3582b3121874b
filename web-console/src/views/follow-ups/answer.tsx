/** What came of a call: their words if they said any, and one of three results; said in place when it was not kept. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FollowUp, FollowUpResult } from '../../../../gateway/core/shift.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { takeFocus } from '../../ui/focus.ts'
import { Button } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'

const RESULTS: readonly FollowUpResult[] = ['reached', 'noAnswer', 'declined']

interface AnswerProps {
  readonly task: FollowUp
  readonly open: boolean
  readonly onOpen: (id: string | undefined) => void
}

export function Answer({ task, open, onOpen }: AnswerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [sending, setSending] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  if (!open)
    return (
      <Button className="small" onClick={() => onOpen(task.id)}>
        {t('follow:answer')}
      </Button>
    )
  const send = async (result: FollowUpResult) => {
    setSending(true)
    try {
      await post(`/api/follow-ups/${task.id}/answer`, { result, text })
      // Nobody answered: the call stays due, and the next try begins without these words.
      setText('')
      setFailed(undefined)
      onOpen(undefined)
    } catch (error) {
      setFailed(error)
    } finally {
      setSending(false)
    }
  }
  return (
    <span className="row g6 follow-answer">
      <input
        value={text}
        maxLength={500}
        placeholder={t('follow:say')}
        aria-label={t('follow:say')}
        ref={takeFocus}
        onChange={event => setText(event.target.value)}
      />
      {RESULTS.map(result => (
        <Button
          key={result}
          className="small"
          state={sending ? 'sending' : result === 'reached' ? 'best' : 'ready'}
          onClick={() => void send(result)}
        >
          {t(`follow:result.${result}`)}
        </Button>
      ))}
      <Button className="small" onClick={() => onOpen(undefined)}>
        {t('follow:cancel')}
      </Button>
      {failed !== undefined && (
        <span className="t-red" role="alert">
          {refusalText(failed, t)}
        </span>
      )}
    </span>
  )
}
