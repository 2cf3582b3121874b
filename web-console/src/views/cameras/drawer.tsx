/** One camera in full: its troubles and what to do, its day from midnight to midnight, thirty days, and its figures. Never its picture. */
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraDayDetail } from '../../../../gateway/core/camera-health-wire.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { Button, Key } from '../../ui/parts.tsx'
import { ageText, etaText, minuteText, spanText } from '../../ui/time.ts'
import { DayBars, DayStrip } from './bars.tsx'
import { availability, clockOffset, type Line, percentText } from './figures.ts'
import { Planned } from './planned.tsx'
import { Condition, causeText, offsetText, rateText } from './row.tsx'
import { usePolled } from './use-camera-health.ts'

const DAY_MS = 30_000
/** Changes listed below the strip; the strip shows them all. */
const LISTED = 12

interface DrawerProps {
  readonly line: Line
  readonly dayNames: readonly string[]
  readonly shown: readonly Line[]
  readonly onClose: () => void
}

export function Drawer({ line, dayNames, shown, onClose }: DrawerProps) {
  const { t } = useTranslation()
  const { row } = line
  useLayoutEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && onClose()
    window.addEventListener('keydown', close)
    return () => window.removeEventListener('keydown', close)
  }, [onClose])
  return (
    <aside className="cam-drawer panel" aria-label={t('cameras:detail', { name: row.name })}>
      <h2 className="head">
        <span className="el">{row.name}</span>
        <span className="d n">{row.id}</span>
        <span className="grow" />
        <button type="button" className="row g6" onClick={onClose}>
          <Key>Esc</Key> {t('cameras:close')}
        </button>
      </h2>
      <div className="cam-drawer-body">
        <Condition row={row} />
        <Troubles line={line} />
        <Planned key={`${row.id}/${row.planned?.id}`} row={row} shown={shown.map(each => each.row)} />
        <Day key={row.id} cameraId={row.id} dayNames={dayNames} />
        <Month line={line} dayNames={dayNames} />
        <Figures line={line} />
      </div>
    </aside>
  )
}

function Troubles({ line: { row } }: { readonly line: Line }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <ul className="cam-troubles">
      {row.troubles.map(({ cause, sinceMs, relapses, common }) => (
        <li key={cause}>
          <b>{causeText(cause, row, t)}</b> <span className="d n">{ageText(now - sinceMs, t)}</span>
          {relapses > 0 && <span className="d"> · {t('cameras:relapses', { count: relapses })}</span>}
          <p className="m">
            {common
              ? t('cameras:common', { group: common.slice(common.indexOf(':') + 1) })
              : t(`cameras:todo.${cause}`)}
          </p>
        </li>
      ))}
    </ul>
  )
}

function Day({ cameraId, dayNames }: { readonly cameraId: string; readonly dayNames: readonly string[] }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const [back, setBack] = useState(0)
  const day = dayNames[dayNames.length - 1 - back] ?? ''
  const { data } = usePolled<CameraDayDetail>(
    `/api/camera-health/${encodeURIComponent(cameraId)}/day?day=${day}`,
    DAY_MS
  )
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const changes = data?.page?.changes ?? []
  return (
    <section aria-label={t('cameras:dayTitle', { day })}>
      <h3 className="row g8">
        <span className="grow n">{t('cameras:dayTitle', { day })}</span>
        <Button
          whyNot={back >= dayNames.length - 1 ? t('cameras:noEarlier') : undefined}
          onClick={() => setBack(back + 1)}
        >
          {t('cameras:earlier')}
        </Button>
        <Button whyNot={back === 0 ? t('cameras:noLater') : undefined} onClick={() => setBack(back - 1)}>
          {t('cameras:later')}
        </Button>
      </h3>
      {data && <DayStrip detail={data} nowMs={now} />}
      {data && !data.page && <p className="m">{t('cameras:notWatched')}</p>}
      {data?.page && (
        <p className="m n">
          {t('cameras:daySums', { troubles: data.page.troubles, reconnects: data.page.reconnects })}
        </p>
      )}
      <ul className="cam-changes n">
        {changes.slice(-LISTED).map(([atMs, condition, cause]) => (
          <li key={atMs}>
            <span className="d">{minuteText(atMs, zone)}</span> {t(`cameras:condition.${condition}`)}
            {cause && <span className="m"> {t(`cameras:cause.${cause}`)}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Month({ line, dayNames }: { readonly line: Line; readonly dayNames: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('cameras:monthTitle')}>
      <h3>{t('cameras:monthTitle')}</h3>
      <DayBars names={dayNames} days={line.days} height={36} width={11} />
      <p className="n">
        {[1, 7, 30].map(count => (
          <span key={count} className="cam-share">
            <span className="d">{t(`cameras:last.${count}`)}</span> {percentText(availability(line.days, count))} %
          </span>
        ))}
      </p>
    </section>
  )
}

function Figures({ line: { row } }: { readonly line: Line }) {
  const { t } = useTranslation()
  const now = useNow()
  const { health, usual, deviceClock } = row
  const signs = health?.signs
  const picture = signs?.picture
  const size = health?.codec && `${health.codec} ${health.width ?? '?'}×${health.height ?? '?'}`
  const usualText = usual && t('cameras:usual', { low: rateText(usual.lowKbps), high: rateText(usual.highKbps) })
  const trend = signs?.clockTrendMsPerHour
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['grid', row.gridCell],
    ['ownership', t(`cameras:ownership.${row.ownership}`)],
    ['make', [row.maker, row.model].filter(Boolean).join(' ')],
    ['firmware', row.firmware],
    ['stream', size],
    ['transport', health?.transport?.toUpperCase()],
    ['rate', health && [rateText(health.bitrateKbps), usualText].filter(Boolean).join(' · ')],
    ['preRoll', health?.preRollMs !== undefined && etaText(health.preRollMs / 1_000, t)],
    ['reconnects', signs && t('cameras:perHour', { n: signs.reconnects })],
    [
      'clock',
      [offsetText(clockOffset(row), t), trend && t('cameras:trend', { ms: trend })].filter(Boolean).join(' · ')
    ],
    ['deviceClock', deviceClock && `${offsetText(deviceClock.offsetMs, t)} · ${spanText(now - deviceClock.atMs, t)}`],
    ['picture', picture && `${t(`cameras:verdict.${picture.verdict}`)} · ${spanText(now - picture.atMs, t)}`],
    ['pictureEvery', picture?.everyMs !== undefined && spanText(picture.everyMs, t)],
    ['brightness', picture && `${picture.mean} ± ${picture.deviation}`],
    ['error', health?.error]
  ]
  return (
    <dl className="cam-facts">
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{t(`cameras:fact.${name}`)}</dt>
            <dd className="n">{value}</dd>
          </div>
        ) : null
      )}
    </dl>
  )
}
