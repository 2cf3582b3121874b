/** One bar a camera: grey before the alarm, red after it, hatched where media is missing; a line for each press and for now. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { clockText } from '../../ui/time.ts'
import { stripOf } from './strip-geometry.ts'

export function RecordStrip({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const strip = stripOf(incident, useNow())
  if (!strip) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const percent = (fraction: number) => `${(fraction * 100).toFixed(2)}%`
  const alarm = strip.presses[0]?.at ?? 0
  return (
    <div className={strip.rows.some(row => row.code) ? 'strip coded' : 'strip'}>
      {strip.rows.map(row => (
        <div key={`${row.cameraId}${row.from}`} className="strip-row">
          <span className="m t12 row g6" title={row.code && `${row.name} ${row.code}`}>
            <span className="el">{row.name}</span>
            {row.code && <span className="d nw">{row.code}</span>}
          </span>
          <span className="strip-bar">
            <i style={{ left: percent(row.from), right: percent(1 - row.to) }} />
            <i
              className="after"
              style={{ left: percent(Math.max(alarm, row.from)), right: percent(1 - Math.max(alarm, row.to)) }}
            />
          </span>
          <span className="t-amb t12 nw">{row.gapMs > 0 && t('wall:gap', { s: (row.gapMs / 1_000).toFixed(1) })}</span>
        </div>
      ))}
      <div className="strip-marks" aria-hidden="true">
        {strip.presses.map(press => (
          <b key={press.atMs} style={{ left: percent(press.at) }} />
        ))}
        {strip.now !== undefined && <b className="now" style={{ left: percent(strip.now) }} />}
      </div>
      <div className="strip-row t12">
        <span />
        <span className="row n d">
          {clockText(strip.startMs, zone)}
          <span className="grow" />
          {strip.presses.length > 0 && (
            <span className="t-red">
              {t('wall:pressAt', {
                times: strip.presses.map(press => clockText(press.atMs, zone)).join(t('common:comma'))
              })}
            </span>
          )}
          <span className="grow" />
          {clockText(strip.endMs, zone)}
        </span>
        <span />
      </div>
    </div>
  )
}
