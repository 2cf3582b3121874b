/** A group call 群呼 on the phone: who calls, what is to be done, one button to confirm it; it rings until somebody of the team has. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupCallAnswer, PhoneGroupCall } from '../../../../gateway/core/group-call.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { clockText } from '../../ui/time.ts'
import { post } from '../../wire/api.ts'
import { PhoneButton } from './parts.tsx'
import { tellShown } from './tell-shown.ts'
import './group-call.css'

/** Tells the floor once that it stood in sight on this phone. */
export function useShown(call: PhoneGroupCall | undefined, offline: boolean): void {
  const callId = call?.confirmed ? undefined : call?.id
  useEffect(() => {
    if (callId === undefined || offline) return
    const answer: GroupCallAnswer = { id: callId, what: 'shown' }
    return tellShown(document, () => post('/api/patrol/group-call', answer))
  }, [callId, offline])
}

export function GroupCallCard(props: {
  readonly call: PhoneGroupCall
  readonly offline: boolean
  readonly timeZone: string
}) {
  const { t } = useTranslation()
  const { call, offline, timeZone } = props
  const [sending, setSending] = useState(false)
  const [refused, setRefused] = useState('')
  const confirm = async () => {
    setSending(true)
    setRefused('')
    try {
      const answer: GroupCallAnswer = { id: call.id, what: 'confirmed' }
      await post('/api/patrol/group-call', answer)
    } catch (error) {
      setRefused(refusalText(error, t))
    } finally {
      setSending(false)
    }
  }
  const { confirmed } = call
  return (
    <section className={confirmed ? 'card group-card' : 'card group-card amber'} role="alert">
      <p className="row g8">
        <span className="grow">{t('patrol:groupCall.from', { name: call.by })}</span>
        <time className="n">{clockText(call.atMs, timeZone)}</time>
      </p>
      <h2 className="t22">{t(`group:kind.${call.kind}`)}</h2>
      {call.place && <p className="t17">{t('group:placeAt', { place: call.place })}</p>}
      {call.text && <p className="t17">{call.text}</p>}
      {confirmed ? (
        <p className="t-ok">
          {t('patrol:groupCall.confirmed', { name: confirmed.name ?? t('patrol:groupCall.telephone') })}
        </p>
      ) : (
        <>
          {(refused || offline) && <p className="t17">{refused || t('patrol:groupCall.offline')}</p>}
          <PhoneButton kind="main" sending={sending} onPress={() => void confirm()}>
            {t('patrol:groupCall.confirm')}
          </PhoneButton>
        </>
      )}
    </section>
  )
}
