/** A line and a photo for the floor: kept on the phone first, sent when the gateway is there. */
import { type ChangeEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatrolTask } from '../../../../../gateway/core/wire.ts'
import { newMessageId, photoOf } from '../../../photo/photo.ts'
import type { Phone } from '../context.ts'
import { PhoneButton, PhoneIcon } from '../parts.tsx'
import { heldPhoto } from '../send-commands.ts'
import { TakenPhoto } from './taken-photo.tsx'

/** The gateway takes no longer line. */
const MAX_TEXT = 500

interface Picture {
  readonly photo: Blob
  readonly url: string
}

export function Composer({ phone, task }: { readonly phone: Phone; readonly task: PatrolTask }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
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
  const send = async () => {
    const id = newMessageId()
    const { assignmentId } = task
    if (picture) await phone.box.put(id, picture.photo)
    phone.act({ kind: 'message', assignmentId, id, text: text.trim(), ...(picture ? { photo: heldPhoto(id) } : {}) })
    setText('')
    setPicture(undefined)
  }
  const empty = text.trim() === '' && !picture
  return (
    <div className="composer">
      <TakenPhoto url={picture?.url} unreadable={state === 'unreadable'} onDrop={() => setPicture(undefined)} />
      <textarea
        className="finding-text"
        rows={2}
        maxLength={MAX_TEXT}
        value={text}
        placeholder={t('patrol:message.write')}
        aria-label={t('patrol:message.write')}
        onChange={event => setText(event.target.value)}
      />
      <div className="row g8">
        <label className="pb plain take-photo">
          <PhoneIcon name="photo" />
          {t(state === 'reading' ? 'patrol:message.reading' : 'patrol:message.take')}
          <input type="file" accept="image/*" capture="environment" onChange={event => void take(event)} />
        </label>
        {!empty && (
          <PhoneButton kind="main" onPress={() => void send()}>
            {t(phone.offline ? 'patrol:message.keep' : 'patrol:message.send')}
          </PhoneButton>
        )}
      </div>
    </div>
  )
}
