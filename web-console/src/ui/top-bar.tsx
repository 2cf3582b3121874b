/** The bar on top of every desk view: site, seat, connection with the delivery of the last alarm, units on duty, notices, clock. */
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { noticeText, worstFirst } from '../i18n/notice.ts'
import { homeOf, useSession } from '../session.tsx'
import { useNow } from '../state/clock.ts'
import { useConsole } from '../state/store.ts'
import { Icon, Logo } from './icons.tsx'
import { follow, pageWord } from './page-links.tsx'
import { SiteClock } from './parts.tsx'
import { tenthsText } from './time.ts'
import { WaitingAlarms } from './waiting-alarms.tsx'
import { APPROVAL_PAGE, useWaitingTerminals } from './waiting-terminals.tsx'
import { Who } from './who.tsx'
import './top-bar.css'

/** `children` stand between the notices and the clock. */
export function TopBar({ children }: { readonly children?: ReactNode }) {
  const { user } = useSession()
  return (
    <header className="top">
      <Brand />
      <Who />
      <ConnectionState />
      {(user?.role === 'operator' || user?.role === 'leader') && <OnDuty />}
      <WaitingAlarms />
      <Notices />
      <span className="grow" />
      {children}
      <div className="seg last">
        <SiteClock />
      </div>
    </header>
  )
}

/** Leads home from every page. */
function Brand() {
  const { t } = useTranslation()
  const { user, site } = useSession()
  const home = user ? homeOf(user.role) : '/'
  return (
    <a
      className="seg brand"
      href={home}
      title={t('common:home', { page: t(pageWord(home)) })}
      onClick={event => follow(event, home)}
    >
      <Logo />
      <b>{t('common:product')}</b>
      <span className="d el">{site?.centre}</span>
    </a>
  )
}

function ConnectionState() {
  const { t } = useTranslation()
  const connection = useConsole(state => state.connection)
  const delivery = useConsole(state => state.delivery)
  const offset = useConsole(state => state.clockOffsetMs)
  const clockKnown = useConsole(state => state.clockRttMs !== undefined)
  useNow()
  switch (connection.phase) {
    case 'connected':
      return (
        <div className="seg" role="status">
          <span className="dot" />
          <span>{t('common:connection.connected')}</span>
          {delivery && (
            <span className="d n" title={t('common:connection.deliveryHelp')}>
              {t('common:connection.delivery', { time: tenthsText(delivery.latencyMs, t) })}
            </span>
          )}
          {clockKnown && Math.abs(offset) > 1_000 && (
            <span className="t-amb n">
              {t('common:connection.clockOff', { time: tenthsText(Math.abs(offset), t) })}
            </span>
          )}
        </div>
      )
    case 'replaying':
      return (
        <div className="seg" role="status">
          <span className="dot amb" />
          <span>{t('common:connection.replaying', { seq: connection.fromSeq })}</span>
        </div>
      )
    case 'connecting':
      return (
        <div className="seg" role="status">
          <span className="dot off" />
          <span>{t('common:connection.connecting')}</span>
        </div>
      )
    case 'offline':
      return (
        <div className="seg" role="status">
          <span className="dot amb" />
          <b className="t-amb">{t('common:connection.offline')}</b>
          <span className="m n">
            {t('common:connection.retry', {
              seconds: Math.max(0, Math.ceil((connection.retryAtMs - Date.now()) / 1_000))
            })}
          </span>
        </div>
      )
  }
}

/** Teams on duty, one square each: filled white when on the way or on scene. */
function OnDuty() {
  const { t } = useTranslation()
  const units = useConsole(state => state.units)
  const [onDuty, first] = useMemo(() => {
    const all = [...units.values()]
    return [all.filter(({ state }) => state !== 'offDuty').length, all.slice(0, 8)] as const
  }, [units])
  return (
    <div className="seg duty" title={t('common:dutyHelp')}>
      <span className="m">{t('common:duty')}</span>
      <span className="n">
        <b>{onDuty}</b>
        <span className="d">/{units.size}</span>
      </span>
      <span className="row g4" aria-hidden="true">
        {first.map(unit => (
          <i key={unit.id} className={`duty-square ${unit.state}`} />
        ))}
      </span>
    </div>
  )
}

function Notices() {
  const { t } = useTranslation()
  const notices = useConsole(state => [...state.notices.values()])
  const { user } = useSession()
  const mayApprove = useWaitingTerminals() > 0
  const worst = worstFirst(notices)
  const first = worst[0]
  if (!first) return null
  const all = worst.map(notice => noticeText(notice, t))
  const isSink = (first.code === 'sinkDown' || first.code === 'sinkGaveUp') && user?.role === 'administrator'
  const page = isSink ? '/deliveries' : first.code === 'terminalsWaiting' && mayApprove ? APPROVAL_PAGE : undefined
  return (
    <div
      className={`seg notice ${first.level}`}
      role={first.level === 'critical' ? 'alert' : 'status'}
      title={all.join('\n')}
    >
      <Icon name={first.code === 'storm' ? 'list' : 'warning'} />
      {page !== undefined ? (
        <a className="link el" href={page} onClick={event => follow(event, page)}>
          {all[0]}
        </a>
      ) : (
        <b className="el">{all[0]}</b>
      )}
      {all.length > 1 && <span className="chip">+{all.length - 1}</span>}
    </div>
  )
}
