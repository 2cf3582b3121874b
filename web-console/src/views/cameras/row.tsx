/** One camera's row, and the words for what is wrong with it. */
import type { TFunction } from 'i18next'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraCause } from '../../../../gateway/core/camera-health.ts'
import type { CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { useNow } from '../../state/clock.ts'
import { ageText, spanText, tenthsText } from '../../ui/time.ts'
import { DayBars, Spark } from './bars.tsx'
import { availability, clockOffset, type Line, percentText } from './figures.ts'

export const ROW_PX = 38

interface RowProps {
  readonly line: Line
  readonly dayNames: readonly string[]
  /** Counts from 1, the head included. */
  readonly index: number
  readonly chosen: boolean
  readonly onChoose: (cameraId: string | undefined) => void
}

export const Row = memo(function Row({ line, dayNames, index, chosen, onChoose }: RowProps) {
  const { t } = useTranslation()
  const { row, days } = line
  const { health } = row
  const signs = health?.signs
  const offset = clockOffset(row)
  const [today, month] = [availability(days, 1), availability(days, 30)]
  return (
    <tr aria-rowindex={index} className={chosen ? 'chosen' : ''}>
      <td className="c-camera">
        <button
          type="button"
          className="el"
          aria-expanded={chosen}
          onClick={() => onChoose(chosen ? undefined : row.id)}
        >
          {row.name} <span className="d t12">{row.id}</span>
        </button>
      </td>
      <td className="c-state">
        <Condition row={row} />
      </td>
      <td className="c-cause">
        <Cause row={row} />
      </td>
      <td className="c-frame n right">
        <FrameAge atMs={health?.lastFrameAtMs} />
      </td>
      <td className="c-rate n right">
        <span className="row g6">
          <Spark points={row.spark} usual={row.usual} />
          <span className="grow">{rateText(health?.bitrateKbps)}</span>
        </span>
      </td>
      <td className="c-fps n right">{health?.fps === undefined ? '–' : Math.round(health.fps)}</td>
      <td className="c-key n right">{signs?.keyIntervalMs === undefined ? '–' : tenthsText(signs.keyIntervalMs, t)}</td>
      <td className={`c-loss n right ${signs && signs.lossPercent >= 1 ? 't-amb' : ''}`}>
        {signs ? `${signs.lossPercent.toFixed(1)} %` : '–'}
      </td>
      <td className={`c-clock n right ${Math.abs(offset ?? 0) >= 5_000 ? 't-amb' : ''}`}>{offsetText(offset, t)}</td>
      <td className="c-recording n">
        <Recording row={row} />
      </td>
      <td className={`c-today n right ${toneOf(today)}`}>{percentText(today)}</td>
      <td className="c-month n">
        <span className="row g6">
          <DayBars names={dayNames} days={days} height={16} width={3} />
          <span className={toneOf(month)}>{percentText(month)}</span>
        </span>
      </td>
    </tr>
  )
})

/** Shape and word, never colour alone. */
export function Condition({ row }: { readonly row: CameraHealthRow }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!row.expected) return <span className="d">{t('cameras:condition.notSet')}</span>
  return (
    <span className={`cam-condition ${row.condition}`}>
      <i aria-hidden="true" />
      {t(`cameras:condition.${row.condition}`)}
      {row.condition !== 'ok' && <span className="d n">{ageText(now - row.sinceMs, t)}</span>}
    </span>
  )
}

function Cause({ row }: { readonly row: CameraHealthRow }) {
  const { t } = useTranslation()
  const { cause } = row
  if (!row.expected) return <span className="d el">{t('cameras:todo.notSet')}</span>
  if (!cause) return null
  const more = row.troubles.filter(trouble => trouble.cause !== cause).length
  const text = `${causeText(cause, row, t)}${more > 0 ? t('cameras:more', { n: more }) : ''}`
  const todo = t(`cameras:todo.${cause}`)
  return (
    <span className="el" title={`${text} · ${todo}`}>
      <b>{text}</b> <span className="m">{todo}</span>
    </span>
  )
}

/** The cause with the figure that makes it plain: 时钟差 3 分 12 秒. */
export function causeText(cause: CameraCause, row: CameraHealthRow, t: TFunction): string {
  const { health } = row
  const word = t(`cameras:cause.${cause}`)
  switch (cause) {
    case 'clockOffset':
      return `${word} ${offsetText(clockOffset(row), t)}`
    case 'bitrateLow':
    case 'bitrateHigh':
      return `${word} ${rateText(health?.bitrateKbps)}`
    case 'loss':
      return `${word} ${health?.signs?.lossPercent.toFixed(1) ?? '–'} %`
    case 'reconnects':
      return `${word} ${t('cameras:perHour', { n: health?.signs?.reconnects ?? 0 })}`
    default:
      return word
  }
}

function FrameAge({ atMs }: { readonly atMs: number | undefined }) {
  const { t } = useTranslation()
  const now = useNow()
  if (atMs === undefined) return <>–</>
  const age = now - atMs
  // A clock of ours that is a little behind the gateway's makes no frame of the future.
  return <span className={age >= 8_000 ? 't-amb' : ''}>{age < 8_000 ? t('cameras:fresh') : spanText(age, t)}</span>
}

function Recording({ row }: { readonly row: CameraHealthRow }) {
  const { t } = useTranslation()
  const state = row.health?.recording?.state ?? 'off'
  const wrong = state === 'stalled' || state === 'diskFull'
  return (
    <>
      <span className={wrong ? 't-amb' : state === 'off' ? 'd' : ''}>{t(`cameras:recording.${state}`)}</span>
      {row.keptDays !== undefined && (
        <span className="d">
          {' '}
          {row.keptDays < 1 ? t('cameras:keptToday') : t('cameras:keptDays', { n: Math.floor(row.keptDays) })}
        </span>
      )}
    </>
  )
}

export function rateText(kbps: number | undefined): string {
  if (kbps === undefined) return '–'
  return kbps < 1_000 ? `${kbps} k` : `${(kbps / 1_000).toFixed(1)} M`
}

/** `+0.2 秒`, `−3 分 12 秒`. */
export function offsetText(ms: number | undefined, t: TFunction): string {
  if (ms === undefined) return '–'
  const seconds = Math.abs(ms) / 1_000
  // What is shown as nothing has no direction.
  if (seconds < 0.05) return tenthsText(0, t)
  const sign = ms < 0 ? '−' : '+'
  if (seconds < 60) return `${sign}${tenthsText(Math.abs(ms), t)}`
  if (seconds < 5_400)
    return `${sign}${t('common:span.minutesSeconds', { m: Math.floor(seconds / 60), s: Math.round(seconds % 60) })}`
  return `${sign}${ageText(seconds * 1_000, t)}`
}

function toneOf(share: number | undefined): string {
  if (share === undefined) return 'd'
  return share >= 99 ? '' : share >= 90 ? 't-amb' : 't-red'
}
