/** The strip on top of the phone: time, connection, sunlight switch, and who is logged in. */
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { LanguageSwitch } from '../../ui/language-switch.tsx'
import { minuteText } from '../../ui/time.ts'
import { PhoneIcon } from './parts.tsx'

export interface PhoneBarProps {
  readonly sun: boolean
  readonly onSun: () => void
  readonly offline: boolean
  readonly timeZone: string
}

export function PhoneBar({ sun, onSun, offline, timeZone }: PhoneBarProps) {
  const { t } = useTranslation()
  const now = useNow()
  const connected = useConsole(state => state.connection.phase === 'connected')
  return (
    <header className="phone-bar">
      <time className="n">{minuteText(now, timeZone)}</time>
      <span className="grow" />
      <span className={offline ? 't-amb' : connected ? '' : 'm'} role="status">
        {t(offline ? 'patrol:noNetwork' : connected ? 'patrol:connected' : 'patrol:connecting')}
      </span>
      <button
        type="button"
        className="phone-icon"
        onClick={onSun}
        aria-label={t(sun ? 'patrol:dark' : 'patrol:sunlight')}
      >
        <PhoneIcon name={sun ? 'moon' : 'sun'} size={24} />
      </button>
      <Menu />
    </header>
  )
}

function Menu() {
  const { t } = useTranslation()
  const { user, logout } = useSession()
  return (
    <details className="phone-menu">
      <summary className="phone-icon" aria-label={t('patrol:menu')}>
        <PhoneIcon name="people" size={24} />
      </summary>
      <div className="card">
        <b>{user?.name}</b>
        <span className="m n">{user?.login}</span>
        <LanguageSwitch />
        <button type="button" className="link" onClick={() => void logout()}>
          {t('common:logout')}
        </button>
      </div>
    </details>
  )
}
