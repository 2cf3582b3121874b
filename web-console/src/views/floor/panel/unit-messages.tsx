/** The newest line of a unit that was sent, below its order, and the door to all of them; what nobody on the floor has read yet is amber. */
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { UnitMessage } from '../../../../../gateway/core/unit-message.ts'
import { useSession } from '../../../session.tsx'
import { isOfUnit, isUnderWay, unreadOf } from '../../../state/messages.ts'
import { Button } from '../../../ui/parts.tsx'
import { clockText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'

/** Shown while a unit is under way, or something was written. */
export function MessagesButton({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { menu, openMenu } = useFloor()
  const unread = unreadOf(incident).length
  if (!incident.assignments.some(isUnderWay) && !incident.messages?.length) return null
  return (
    <Button
      className="small"
      keyCap="⇧M"
      aria-expanded={menu === 'message'}
      onClick={() => openMenu(menu === 'message' ? undefined : 'message')}
    >
      {t('floor:message.button')}
      {unread > 0 && <b className="t-amb n"> {t('floor:message.unread', { n: unread })}</b>}
    </Button>
  )
}

export function LastMessage({ incident, unitId }: { readonly incident: Incident; readonly unitId: string }) {
  const { t } = useTranslation()
  const { openMenu } = useFloor()
  const { site } = useSession()
  // What nobody has read is not covered by what was written after it.
  const last = newestOf(unreadOf(incident), unitId) ?? newestOf(incident.messages ?? [], unitId)
  if (!last) return null
  const { from, atMs, readBy } = last
  const fresh = from.kind === 'unit' && !readBy
  return (
    <button type="button" className="unit-message" onClick={() => openMenu('message')}>
      <time className="d n">{clockText(atMs, site?.timeZone ?? 'Asia/Shanghai')}</time>
      <span className={`el ${fresh ? 't-amb' : 'm'}`}>
        {t(from.kind === 'unit' ? 'floor:message.said' : 'floor:message.told', { words: wordsOf(last, t) })}
      </span>
    </button>
  )
}

const newestOf = (messages: readonly UnitMessage[], unitId: string): UnitMessage | undefined =>
  messages.findLast(each => isOfUnit(each, unitId))

/** Its words, a photo by a word of its own. */
function wordsOf({ text, photo }: UnitMessage, t: TFunction): string {
  return [photo ? t('floor:message.photoMark') : '', text].filter(Boolean).join(' ')
}
