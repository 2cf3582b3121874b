/** 上报情况: what a patrol sees itself, told in two taps; kept on the phone first, an incident on the floor as soon as the gateway has it. */
import { type ChangeEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SituationCommand } from '../../../../gateway/core/situation.ts'
import { photoOf } from '../../photo/photo.ts'
import { serverNowMs, useNow } from '../../state/clock.ts'
import { minuteText } from '../../ui/time.ts'
import type { Phone } from './context.ts'
import { TakenPhoto } from './messages/taken-photo.tsx'
import { PhoneButton, PhoneIcon, Sheet } from './parts.tsx'
import { isElsewhere, SITUATION_KINDS, type SituationDraft, situationOf } from './situation-draft.ts'

/** The gateway takes no longer line. */
const MAX_TEXT = 500
/** A place older than this is said to be; the report goes all the same, ms. */
const OLD_PLACE_MS = 60_000

/** On every screen but an offer's: the sheet where it is open, what was begun, what became of the last report. */
export function SituationPart({ phone }: { readonly phone: Phone }) {
  const { draft, isOpen, sent } = phone.situation
  return (
    <>
      {sent && <SituationSent phone={phone} sent={sent} />}
      {isOpen ? <SituationSheet phone={phone} /> : draft && <BegunCard phone={phone} draft={draft} />}
    </>
  )
}

function BegunCard({ phone, draft }: { readonly phone: Phone; readonly draft: SituationDraft }) {
  const { t } = useTranslation()
  const { what, text, photo, atMs } = draft
  const parts = [what && t(`rounds:kind.${what}`), text.trim(), photo && t('patrol:situation.withPhoto')]
  return (
    <section className="card amber" role="alert">
      <h2 className="t-amb t17">{t('patrol:situation.begun', { time: minuteText(atMs, phone.timeZone) })}</h2>
      <p>{parts.filter(Boolean).join(' · ')}</p>
      <div className="row g12 begun-ways">
        <PhoneButton onPress={phone.situation.open}>{t('patrol:situation.goOn')}</PhoneButton>
        <PhoneButton kind="quiet" onPress={phone.situation.drop}>
          {t('patrol:situation.drop')}
        </PhoneButton>
      </div>
    </section>
  )
}

function SituationSheet({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const { fix, situation } = phone
  const { draft } = situation
  const [missing, setMissing] = useState(false)
  const { url, state, take, drop } = usePicture(phone)

  const send = () => {
    const here = fix.kind === 'fix' ? { lat: fix.position.lat, lon: fix.position.lon } : undefined
    const command = draft && situationOf(draft, here, serverNowMs())
    if (!command) {
      setMissing(true)
      return
    }
    phone.act(command)
    situation.wasSent(command)
  }
  return (
    <Sheet title={t('patrol:situation.title')} note={t('patrol:situation.note')} onClose={situation.close}>
      <fieldset className="situation-kinds">
        <legend className="sr-only">{t('patrol:situation.what')}</legend>
        {SITUATION_KINDS.map(kind => (
          <button
            key={kind}
            type="button"
            className="finding"
            aria-pressed={draft?.what === kind}
            onClick={() => {
              situation.change({ what: kind })
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
        value={draft?.text ?? ''}
        placeholder={t('patrol:situation.words')}
        aria-label={t('patrol:situation.words')}
        onChange={event => situation.change({ text: event.target.value })}
      />
      <TakenPhoto url={url} unreadable={state === 'unreadable'} onDrop={drop} />
      <label className="pb plain take-photo">
        <PhoneIcon name="photo" />
        {t(state === 'reading' ? 'patrol:message.reading' : 'patrol:message.take')}
        <input type="file" accept="image/*" capture="environment" onChange={event => void take(event)} />
      </label>
      <PlaceLine phone={phone} />
      {missing && (
        <p className="t-red" role="alert">
          {t('patrol:situation.whatFirst')}
        </p>
      )}
      <PhoneButton kind="main" onPress={send}>
        {t(phone.offline ? 'patrol:situation.keep' : 'patrol:situation.send')}
      </PhoneButton>
    </Sheet>
  )
}

/** Of which place it is reported. */
function PlaceLine({ phone }: { readonly phone: Phone }) {
  const { t } = useTranslation()
  const now = useNow()
  const { fix, situation, timeZone } = phone
  const { draft } = situation
  if (draft && isElsewhere(draft, now))
    return <p className="t-amb">{t('patrol:situation.there', { time: minuteText(draft.atMs, timeZone) })}</p>
  const isFresh = fix.kind === 'fix' && now - fix.position.atMs < OLD_PLACE_MS
  return (
    <p className={isFresh ? 'm' : 't-amb'}>
      {t(fix.kind === 'fix' ? 'patrol:situation.here' : 'patrol:situation.nowhere')}
    </p>
  )
}

/** The photo of the draft, as it waits on the phone. */
function usePicture({ situation, box }: Phone) {
  const { draft, setPhoto } = situation
  const [url, setUrl] = useState<string>()
  const [state, setState] = useState<'ready' | 'reading' | 'unreadable'>('ready')
  /** Another one under the same name. */
  const [taken, setTaken] = useState(0)
  const id = draft?.photo ? draft.id : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: read anew when another one was taken
  useEffect(() => {
    if (id === undefined) return
    let made: string | undefined
    let gone = false
    void box.get(id).then(photo => {
      if (gone) return
      if (photo) {
        made = URL.createObjectURL(photo)
        setUrl(made)
      } else {
        setState('unreadable')
        void setPhoto(undefined)
      }
    })
    return () => {
      gone = true
      setUrl(undefined)
      URL.revokeObjectURL(made ?? '')
    }
  }, [id, taken, box])
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? []
    // The same picture may be chosen again.
    event.target.value = ''
    if (!file) return
    setState('reading')
    try {
      await setPhoto(await photoOf(file))
      setTaken(n => n + 1)
      setState('ready')
    } catch {
      setState('unreadable')
    }
  }
  return { url, state, take, drop: () => void setPhoto(undefined) }
}

/** What became of the last report: refused ones are told by the outbox's own card. */
function SituationSent({ phone, sent }: { readonly phone: Phone; readonly sent: SituationCommand }) {
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
