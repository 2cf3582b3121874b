/** A text to the car that pressed: only where it can be shown, and only once the desk says that the floor agrees, since others in the car may read it. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandAnswer, CommandRequest, CommandTargets } from '../../../../gateway/core/device-command.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'
import { usePolled } from '../../wire/use-polled.ts'

const AGAIN_MS = 5_000
/** Longer than the gateway itself waits for a device. */
const ANSWER_MS = 130_000
const MAX_LENGTH = 200

type Told = { readonly answer: CommandAnswer } | { readonly error: unknown }

export function Message({ incidentId }: { readonly incidentId: string }) {
  const { t } = useTranslation()
  const [targets, again] = usePolled<CommandTargets>(`/api/incidents/${incidentId}/commands`, AGAIN_MS)
  const [text, setText] = useState('')
  const [on, setOn] = useState<'driver' | 'screen'>('driver')
  const [agreed, setAgreed] = useState(false)
  const [sending, setSending] = useState(false)
  const [told, setTold] = useState<Told>()
  const source = targets?.sources.find(each => each.commands.includes('text'))
  const words = text.trim()
  const missing = words === '' ? 'taxi:text.empty' : agreed ? undefined : 'taxi:text.notAgreed'
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (!source || missing) return
    const command = { kind: 'text', text: words, on } as const
    const request: CommandRequest = { source: source.sourceId, command, silentConfirmed: agreed }
    setSending(true)
    setTold(undefined)
    try {
      const answer = await post<CommandAnswer>(`/api/incidents/${incidentId}/commands`, request, ANSWER_MS)
      setTold({ answer })
      if (answer.result === 'done') setText('')
    } catch (error) {
      setTold({ error })
    }
    // The next text is another question to the floor.
    setAgreed(false)
    setSending(false)
    again()
  }
  if (!targets) return null
  return (
    <section className="taxi-text" aria-label={t('taxi:text.head')}>
      <h2 className="head">{t('taxi:text.head')}</h2>
      {!source && <p className="m">{t('taxi:text.none')}</p>}
      {source && (
        <form onSubmit={event => void send(event)}>
          <input
            aria-label={t('taxi:text.words')}
            placeholder={t('taxi:text.words')}
            maxLength={MAX_LENGTH}
            value={text}
            onChange={event => setText(event.target.value)}
          />
          <select
            aria-label={t('floor:devices.field.on')}
            value={on}
            onChange={event => setOn(event.target.value === 'screen' ? 'screen' : 'driver')}
          >
            <option value="driver">{t('floor:devices.choice.driver')}</option>
            <option value="screen">{t('floor:devices.choice.screen')}</option>
          </select>
          <label className="row g8">
            <input type="checkbox" checked={agreed} onChange={event => setAgreed(event.target.checked)} />
            <span>{t('taxi:text.agreed')}</span>
          </label>
          <Button type="submit" state={sending ? 'sending' : 'ready'} whyNot={missing && t(missing)}>
            {t('taxi:text.send')}
          </Button>
        </form>
      )}
      {told && <Outcome told={told} />}
    </section>
  )
}

function Outcome({ told }: { readonly told: Told }) {
  const { t } = useTranslation()
  if ('error' in told)
    return (
      <p className="t-red" role="alert">
        {refusalText(told.error, t)}
      </p>
    )
  return (
    <p className={told.answer.result === 'done' ? 't-ok' : 't-red'} role="status">
      {t(`words:commandResult.${told.answer.result}`)}
    </p>
  )
}
