/** 上报情况: what a patrol sees itself, told in two taps; kept on the phone first, an incident on the floor as soon as the gateway has it. */
import { type ChangeEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SituationCommand, SituationKind } from '../../../../gateway/core/situation.ts'
import { newMessageId, photoOf } from '../../photo/photo.ts'
import type { Phone } from './context.ts'
import { PhoneButton, PhoneIcon, Sheet } from './parts.tsx'

/** What hurts first, in the order of the video patrol. */
const SITUATION_KINDS: readonly SituationKind[] = ['fight', 'fire', 'accident', 'fallen', 'hazard', 'other']
/** The gateway takes no longer line. */
const MAX_TEXT = 500
/** A place older than this is said to be; the report goes all the same, ms. */
const OLD_PLACE_MS = 60_000

interface Picture {
  readonly photo: Blob
  readonly url: string
}

export interface SituationSheetProps {
  readonly phone: Phone
  readonly nowMs: number
  readonly onClose: () => void
  /** Kept on the phone; what becomes of it the outbox says. */
  readonly onSent: (command: SituationCommand) => void
}

export function SituationSheet({ phone, nowMs, onClose, onSent }: SituationSheetProps) {
  const { t } = useTranslation()
  const [what, setWhat] = useState<SituationKind>()
  const [text, setText] = useState('')
  const [missing, setMissing] = useState(false)
  const { picture, state, take, drop } = usePicture()
  const { fix } = phone

  const send = async () => {
    if (!what) {
      setMissing(true)
      return
    }
    const id = newMessageId()
    if (picture) await phone.box.put(id, picture.photo)
    const place = fix.kind === 'fix' ? { lat: fix.position.lat, lon: fix.position.lon } : undefined
    const command: SituationCommand = {
      kind: 'situation',
      ...{ id, what, text: text.trim() },
      ...(place ? { place } : {}),
      ...(picture ? { photo: true } : {})
    }
    phone.act(command)
    onSent(command)
  }
  return (
    <Sheet title={t('patrol:situation.title')} note={t('patrol:situation.note')} onClose={onClose}>
      <fieldset className="situation-kinds">
        <legend className="sr-only">{t('patrol:situation.what')}</legend>
        {SITUATION_KINDS.map(kind => (
          <button
            key={kind}
            type="button"
            className="finding"
            aria-pressed={what === kind}
            onClick={() => {
              setWhat(kind)
              setMissing(false)
            }}
          >
            {t(`rounds:kind.${kind}`)}
          </button>
        ))}
      </fieldset>
      <textarea
        className="finding-text"
        rows={2}
        maxLength={MAX_TEXT}
        value={text}
        placeholder={t('patrol:situation.words')}
        aria-label={t('patrol:situation.words')}
        onChange={event => setText(event.target.value)}
      />
      {picture && (
        <div className="row g8">
          <img className="held-photo" src={picture.url} alt={t('patrol:message.photo')} />
          <PhoneButton kind="quiet" onPress={drop}>
            {t('patrol:message.without')}
          </PhoneButton>
        </div>
      )}
      {state === 'unreadable' && (
        <p className="t-red" role="alert">
          {t('patrol:message.unreadable')}
        </p>
      )}
      <label className="pb plain take-photo">
        <PhoneIcon name="photo" />
        {t(state === 'reading' ? 'patrol:message.reading' : 'patrol:message.take')}
        <input type="file" accept="image/*" capture="environment" onChange={event => void take(event)} />
      </label>
      <p className={fix.kind === 'fix' && nowMs - fix.position.atMs < OLD_PLACE_MS ? 'm' : 't-amb'}>
        {t(fix.kind === 'fix' ? 'patrol:situation.here' : 'patrol:situation.nowhere')}
      </p>
      {missing && (
        <p className="t-red" role="alert">
          {t('patrol:situation.whatFirst')}
        </p>
      )}
      <PhoneButton kind="main" onPress={() => void send()}>
        {t(phone.offline ? 'patrol:situation.keep' : 'patrol:situation.send')}
      </PhoneButton>
    </Sheet>
  )
}

function usePicture() {
  const [picture, setPicture] = useState<Picture>()
  const [state, setState] = useState<'ready' | 'reading' | 'unreadable'>('ready')
  useEffect(() => () => URL.revokeObjectURL(picture?.url ?? ''), [picture])
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? []
    // The same picture may be chosen again.
    event.target.value = ''
    if (!file) return
    setState('reading')
    try {
      const photo = await photoOf(file)
      setPicture({ photo, url: URL.createObjectURL(photo) })
      setState('ready')
    } catch {
      setState('unreadable')
    }
  }
  return { picture, state, take, drop: () => setPicture(undefined) }
}

/** What became of the last report: refused ones are told by the outbox's own card. */
export function SituationSent({ phone, sent }: { readonly phone: Phone; readonly sent: SituationCommand }) {
  const { t } = useTranslation()
  const { pending, refused } = phone.outbox
  const isIt = (each: { readonly command: { readonly kind: string } }) =>
    each.command.kind === 'situation' && (each.command as SituationCommand).id === sent.id
  if (refused.some(isIt)) return null
  const state = !pending.some(isIt) ? 'done' : phone.offline ? 'kept' : 'sending'
  return (
    <section className="card" role="status">
      <p className={state === 'done' ? 't17 t-ok' : 't17'}>
        {t(`patrol:situation.${state}`, { what: t(`rounds:kind.${sent.what}`) })}
      </p>
      {state === 'done' && <p className="m">{t('patrol:situation.next')}</p>}
    </section>
  )
}
