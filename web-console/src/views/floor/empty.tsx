/** Nobody calls: since when, whether the watch is ready (from real data only), and what was done last. */
import { use, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { recentlyDone } from '../../state/queue.ts'
import { quietOf } from '../../state/quiet.ts'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { Check, LinesCheck } from '../../ui/lines-check.tsx'
import { follow } from '../../ui/page-links.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { countText, etaText, minuteText, spanText } from '../../ui/time.ts'
import { FiguresContext, LastDay } from './figures.tsx'
import { useFloor } from './floor-context.tsx'
import { OutputsChoice } from './outputs.tsx'

export function EmptyFloor() {
  const { t } = useTranslation()
  const { site } = useSession()
  const { queue } = useFloor()
  const now = useNow()
  const incidents = useConsole(state => state.incidents)
  const figures = use(FiguresContext)
  const { nobodyMs, filedMs } = quietOf(incidents.values(), figures?.lastDay)
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const waiting = queue.groups.waiting.length
  return (
    <div className="empty-floor">
      <p className="empty-clock n">{minuteText(now, zone)}</p>
      <h1>{waiting > 0 ? t('floor:empty.waiting', { n: waiting }) : t('floor:empty.title')}</h1>
      <p className="m empty-hint">
        {waiting === 0 &&
          nobodyMs > 0 &&
          t('floor:empty.since', { time: minuteText(nobodyMs, zone), span: spanText(now - nobodyMs, t) })}
        {waiting === 0 && filedMs > 0 && t('floor:empty.filed', { time: minuteText(filedMs, zone) })}
      </p>
      <p className="m">{t(waiting > 0 ? 'floor:empty.takeHint' : 'floor:empty.hint')}</p>
      <SelfCheck />
      <OutputsChoice />
      <LastDay />
      <Recent />
    </div>
  )
}

const STALE_MS = 60_000

function SelfCheck() {
  const { t } = useTranslation()
  const { site } = useSession()
  const { sound, connected } = useFloor()
  const now = useNow()
  const cameraMap = useConsole(state => state.cameras)
  const unitMap = useConsole(state => state.units)
  const cameras = useMemo(() => [...cameraMap.values()], [cameraMap])
  const units = useMemo(() => [...unitMap.values()], [unitMap])
  const notices = useConsole(state => [...state.notices.values()])
  const live = cameras.filter(camera => camera.health === 'live' || camera.health === 'idle').length
  const onDuty = units.filter(unit => unit.state !== 'offDuty')
  const fresh = onDuty.filter(unit => unit.position && now - unit.position.atMs < STALE_MS).length
  const people = onDuty.reduce((sum, unit) => sum + unit.members.length, 0)
  const disk = notices.find(notice => notice.code === 'storeUnwritable' || notice.code === 'diskLow')
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <section className="empty-block" aria-label={t('floor:check.title')}>
      <h2 className="head">{t('floor:check.title')}</h2>
      <ul>
        <Check good={connected} name={t('floor:check.gateway')}>
          {t(connected ? 'floor:check.gatewayOk' : 'floor:check.gatewayOff')}
        </Check>
        <LinesCheck />
        <Check good={cameras.length > 0 && live === cameras.length} name={t('floor:check.cameras')}>
          {t('floor:check.camerasOf', { n: live, m: cameras.length })}
        </Check>
        <Check good={onDuty.length > 0 && fresh === onDuty.length} name={t('floor:check.units')}>
          {t('floor:check.unitsOf', { n: onDuty.length, people, fresh })}
        </Check>
        <Check good={sound.testedAtMs !== undefined && !sound.blocked} name={t('floor:check.sound')}>
          {sound.testedAtMs
            ? t('floor:check.soundTested', { time: minuteText(sound.testedAtMs, zone) })
            : t('floor:check.soundUntested')}
        </Check>
        <Check good={disk === undefined} name={t('floor:check.disk')}>
          {t(disk ? 'floor:check.diskBad' : 'floor:check.diskOk')}
        </Check>
      </ul>
    </section>
  )
}

function Recent() {
  const { t } = useTranslation()
  const { site } = useSession()
  const { select } = useFloor()
  const rows = useConsole(state => recentlyDone(state.incidents.values(), 5))
  if (rows.length === 0) return null
  return (
    <section className="empty-block" aria-label={t('floor:recent.title')}>
      <h2 className="head">
        {t('floor:recent.title')}
        <span className="grow" />
        <a className="link" href="/history" onClick={event => follow(event, '/history')}>
          {t('common:page.history')}
        </a>
      </h2>
      {rows.map(incident => (
        <button key={incident.id} type="button" className="recent row g12" onClick={() => select(incident.id)}>
          <PriorityShape priority={incident.priority} size={20} />
          <span className="el recent-title">{titleOf(incident, t)}</span>
          <span className="m el grow">
            {incident.disposition ? t(`words:disposition.${incident.disposition}`) : ''}
          </span>
          <span className="d n">
            {incident.acknowledgedAtMs !== undefined &&
              t('floor:recent.answer', { time: etaText((incident.acknowledgedAtMs - incident.openedAtMs) / 1_000, t) })}
            {incident.onSceneAtMs !== undefined &&
              t('floor:recent.arrive', { time: countText(incident.onSceneAtMs - incident.openedAtMs) })}
          </span>
          <span className="n">{minuteText(incident.openedAtMs, site?.timeZone ?? 'Asia/Shanghai')}</span>
        </button>
      ))}
    </section>
  )
}
