/** Somebody waits for the floor: said on every page that does not show it by itself, and a click goes there. */
import { useTranslation } from 'react-i18next'
import { refusalText } from '../i18n/refusal.ts'
import { usePath } from '../route.ts'
import { useSession } from '../session.tsx'
import { isOpen } from '../state/queue.ts'
import { useConsole } from '../state/store.ts'
import { titleOf } from '../state/title.ts'
import { inSeatWindow } from '../windows/use-windows.ts'
import { follow } from './page-links.tsx'
import { Key } from './parts.tsx'
import { type Staying, useTakeKey } from './take-key.ts'

/** The floor shows who waits; the video patrol says it over the whole width. */
const SHOWN_ON = new Set(['/', '/queue', '/video-patrol'])
/** These take alarms by their own keys. */
const FLOOR = new Set(['/', '/queue', '/incident'])

export function WaitingAlarms() {
  const { t } = useTranslation()
  const { user } = useSession()
  const here = usePath()
  const count = useConsole(
    state => [...state.incidents.values()].filter(each => isOpen(each) && !each.owner && each.priority <= 2).length
  )
  const floor = user?.role === 'operator' || user?.role === 'leader'
  const waiting = floor && count > 0
  const { refused, staying } = useTakeKey(floor && !FLOOR.has(here) ? user : undefined)
  if (staying && !FLOOR.has(here)) return <Stays {...staying} />
  if (!waiting || SHOWN_ON.has(here)) return null
  return (
    <div className="seg waiting" role="alert">
      <b>{t('common:waiting', { n: count })}</b>
      {refused !== undefined && <span>{refusalText(refused, t)}</span>}
      {/* A window of its own stays what it is: the floor stands beside it. */}
      {!inSeatWindow() && (
        <a className="link" href="/" onClick={event => follow(event, '/')}>
          <Key>F2</Key> {t('rounds:toFloor')}
        </a>
      )}
    </div>
  )
}

/** It is ours; the half-typed form below is not lost before one says so. */
function Stays({ incident, asked }: Staying) {
  const { t } = useTranslation()
  return (
    <div className="seg waiting" role="alert">
      <b>{t('common:takenHere', { title: titleOf(incident, t) })}</b>
      <a className="link" href="/" onClick={event => follow(event, '/')}>
        <Key>F2</Key> {t(asked ? 'common:leaveForm' : 'common:toTaken')}
      </a>
    </div>
  )
}
