/** What an operator writes to units: to all or to one, with a photo from a file, the clipboard, the video on the screen or the evidence. */

import { type ClipboardEvent, type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceItem, Incident } from '../../../../../gateway/core/incident.ts'
import { evidenceKind } from '../../../evidence/words.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { frameOf } from '../../../photo/photo.ts'
import { useSession } from '../../../session.tsx'
import { serverNowMs } from '../../../state/clock.ts'
import { isUnderWay } from '../../../state/messages.ts'
import { whyNot } from '../../../state/rights.ts'
import { madeBy } from '../../../ui/called.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { clockText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { draftOf, MAX_TEXT, type MessagePicture, sendMessage, useDraft } from './message-draft.ts'

export function MessageForm({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user, connected } = useFloor()
  const draft = useDraft(incident.id)
  const words = useRef<HTMLInputElement>(null)
  const { sending, why } = draft.state
  const refused = whyNot('message', { incident, user, connected })
  const units = incident.assignments.filter(isUnderWay)
  const closed = refused
    ? t([`floor:whyNot.${refused}`, `words:error.${refused}`])
    : units.length === 0
      ? t('floor:message.nobody')
      : undefined
  const isOpen = closed === undefined
  useEffect(() => {
    if (isOpen) takeFocus(words.current)
  }, [isOpen])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!closed && !sending) void sendMessage(incident.id)
  }
  if (closed) return <p className="m menu-said">{closed}</p>
  return (
    <form onSubmit={submit} onPaste={event => pasted(event, incident.id)}>
      <Receivers incident={incident} />
      <Attached incident={incident} onChosen={() => takeFocus(words.current)} />
      <div className="row g8 text-form">
        <input
          aria-label={t('floor:message.write')}
          placeholder={t('floor:message.write')}
          value={draft.state.text}
          maxLength={MAX_TEXT}
          ref={words}
          onChange={event => draft.change({ text: event.target.value, why: undefined })}
        />
        <Button type="submit" state={sending ? 'sending' : 'best'} keyCap="↵">
          {t('floor:message.send')}
        </Button>
      </div>
      {why !== undefined && (
        <p className="refusal" role="alert">
          {why === 'unreadable' || why === 'noFrame' ? t(`floor:message.${why}`) : refusalText(why, t)}
        </p>
      )}
    </form>
  )
}

function pasted(event: ClipboardEvent, incidentId: string): void {
  const file = [...event.clipboardData.files].find(each => each.type.startsWith('image/'))
  if (!file) return
  event.preventDefault()
  void draftOf(incidentId).attach(file)
}

/** All of them, or one. */
function Receivers({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { state, change } = useDraft(incident.id)
  const units = incident.assignments.filter(isUnderWay)
  const [only] = units
  if (units.length === 1 && only) return <p className="m menu-said">{t('floor:message.to', { unit: only.unitName })}</p>
  return (
    <fieldset className="row g8 menu-said message-to">
      <legend className="sr-only">{t('floor:message.who')}</legend>
      {[{ unitId: undefined, unitName: t('floor:message.all', { n: units.length }) }, ...units].map(each => (
        <label key={each.unitId ?? ''} className="row g6">
          <input
            type="radio"
            name="message-to"
            checked={state.to === each.unitId}
            onChange={() => change({ to: each.unitId })}
          />
          {each.unitName}
        </label>
      ))}
    </fieldset>
  )
}

/** Of the largest live picture of the incident: the seconds before the press, played again and again beside it, are no picture of now. */
function shownFrame(): Frame | undefined {
  const videos = [...document.querySelectorAll<HTMLVideoElement>('.incident .live-tile video')]
  const [largest] = videos
    .filter(each => each.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && each.videoWidth > 0)
    .toSorted((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight)
  const tile = largest?.closest<HTMLElement>('.live-tile')
  if (!largest || !tile) return undefined
  const name = tile.querySelector('.tile-title')?.textContent ?? ''
  // A picture that stands still is of its last frame.
  return { photo: frameOf(largest), name, atMs: Number(tile.dataset.frameAt ?? serverNowMs()) }
}

interface Frame {
  readonly photo: Promise<Blob>
  readonly name: string
  readonly atMs: number
}

const isShown = ({ kind, state }: EvidenceItem): boolean =>
  state === 'ready' && (kind === 'still' || kind === 'preview' || kind === 'photo')

interface AttachedProps {
  readonly incident: Incident
  /** Back to the words: `↵` then sends, it neither takes the picture off nor gives the floor an order. */
  readonly onChosen: () => void
}

/** What goes with it; nothing, or one picture. */
function Attached({ incident, onChosen }: AttachedProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const { state, change, attach } = useDraft(incident.id)
  const [reading, setReading] = useState(false)
  const pictures = incident.evidence.filter(isShown)
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const read = (picture: Promise<Blob> | Blob, caption?: string) => {
    setReading(true)
    void Promise.resolve(picture)
      .then(
        each => attach(each, caption),
        () => change({ why: 'noFrame' })
      )
      .finally(() => setReading(false))
    onChosen()
  }
  const takeFrame = () => {
    const frame = shownFrame()
    if (!frame) return change({ why: 'noFrame' })
    const { name, atMs, photo } = frame
    read(photo, t('floor:message.frameOf', { camera: name, time: clockText(atMs, zone) }))
  }
  const withoutPicture = () => {
    change({ picture: undefined })
    onChosen()
  }
  if (state.picture)
    return (
      <div className="row g8 menu-said">
        <Preview picture={state.picture} />
        <Button className="small" onClick={withoutPicture}>
          {t('floor:message.without')}
        </Button>
      </div>
    )
  return (
    <div className="row g8 menu-said">
      <label className="btn small message-file">
        {t(reading ? 'floor:message.reading' : 'floor:message.file')}
        <input
          type="file"
          accept="image/*"
          onChange={event => {
            const [file] = event.target.files ?? []
            event.target.value = ''
            if (file) read(file)
          }}
        />
      </label>
      <Button className="small" title={t('floor:message.frameHelp')} onClick={takeFrame}>
        {t('floor:message.frame')}
      </Button>
      {pictures.length > 0 && (
        <select
          className="message-evidence"
          aria-label={t('floor:message.evidence')}
          value=""
          onChange={event => {
            const item = pictures.find(each => each.id === event.target.value)
            if (item) change({ picture: { kind: 'evidence', item }, why: undefined })
            onChosen()
          }}
        >
          <option value="">{t('floor:message.evidence')}</option>
          {pictures.map(item => (
            <option key={item.id} value={item.id}>
              {`${madeBy(item, t)} ${evidenceKind(item, t)} ${clockText(item.actualFromMs ?? item.requestedFromMs, zone)}`}
            </option>
          ))}
        </select>
      )}
      <span className="d t12">{t('floor:message.paste')}</span>
    </div>
  )
}

function Preview({ picture }: { readonly picture: MessagePicture }) {
  const { t } = useTranslation()
  if (picture.kind === 'evidence')
    return (
      <span className="el">
        {madeBy(picture.item, t)} <span className="m">{evidenceKind(picture.item, t)}</span>
      </span>
    )
  return (
    <span className="row g8">
      <img className="message-preview" src={picture.url} alt={t('floor:message.photoMark')} />
      {picture.caption && <span className="m">{picture.caption}</span>}
    </span>
  )
}
