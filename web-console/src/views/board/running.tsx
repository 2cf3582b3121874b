/** 运行: how the gateway itself is, in the words of the notices; what is not well says since when. */
import { useTranslation } from 'react-i18next'
import { noticeText, worstFirst } from '../../i18n/notice.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { Icon } from '../../ui/icons.tsx'
import { Check, LinesCheck } from '../../ui/lines-check.tsx'
import { follow } from '../../ui/page-links.tsx'
import { spanText } from '../../ui/time.ts'

/** What it tells of has a place of its own on the board. */
const ELSEWHERE = new Set(['storm', 'adapterDown'])
const SHOWN = 8

export function Running() {
  const { t } = useTranslation()
  const { user } = useSession()
  const now = useNow()
  const notices = useConsole(state => state.notices)
  const cameras = useConsole(state => state.cameras)
  const told = worstFirst(notices.values()).filter(({ code, level }) => level !== 'info' && !ELSEWHERE.has(code))
  const seen = [...cameras.values()].filter(({ health }) => health === 'live' || health === 'idle').length
  return (
    <section className="panel admin-panel board-running">
      <h2 className="head">
        {t('board:running.title')}
        {told.length > 0 && <span className="chip amber n">{told.length}</span>}
        <span className="grow" />
        {user?.role !== 'operator' && (
          <a className="link" href="/admin" onClick={event => follow(event, '/admin')}>
            {t('common:page.admin')}
          </a>
        )}
      </h2>
      <ul className="admin-pad">
        {told.slice(0, SHOWN).map(notice => (
          <li key={notice.key} className="check row g12">
            <span className={notice.level === 'critical' ? 't-red' : 't-amb'}>
              <Icon name="warning" />
            </span>
            <span className="grow">{noticeText(notice, t)}</span>
            <span className="m n nw">{t('board:since', { age: spanText(now - notice.atMs, t) })}</span>
          </li>
        ))}
        {told.length === 0 && (
          <Check good name={t('floor:check.gateway')}>
            {t('board:running.well')}
          </Check>
        )}
        <LinesCheck />
        {cameras.size > 0 && (
          <Check good={seen === cameras.size} name={t('floor:check.cameras')}>
            {t('floor:check.camerasOf', { n: seen, m: cameras.size })}
          </Check>
        )}
      </ul>
      {told.length > SHOWN && <p className="d t12 admin-pad">{t('board:more', { n: told.length - SHOWN })}</p>}
    </section>
  )
}
