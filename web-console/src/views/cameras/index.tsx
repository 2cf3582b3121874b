/** 摄像机状态: every camera by health, worst first, with what to do about it and how available it has been. */
import { useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { clockText, spanText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Drawer } from './drawer.tsx'
import { type Filter, type Line, matches, NO_FILTER, percentText, type Sort, sorted, totalsOf } from './figures.ts'
import { FilterBar } from './filter-bar.tsx'
import { useSteady } from './steady.ts'
import { CameraTable } from './table.tsx'
import { useCameraHealth } from './use-camera-health.ts'
import './cameras.css'

const NOTHING: readonly never[] = []

export default function CamerasView() {
  const { t } = useTranslation()
  const { site } = useSession()
  const { rows, days } = useCameraHealth()
  useAlarmSound()
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const [sort, setSort] = useState<Sort>({ key: 'worst', down: true })
  const [chosen, setChosen] = useState(() => new URLSearchParams(location.search).get('camera') ?? undefined)
  const wanted = useDeferredValue(filter)
  const all = rows.data ?? NOTHING
  const dayNames = days.data?.days ?? NOTHING
  const lines = useMemo(() => {
    const known = new Map(days.data?.cameras.map(camera => [camera.id as string, camera.days]))
    return all.map((row): Line => ({ row, days: known.get(row.id) ?? NOTHING }))
  }, [all, days.data])
  const wantedLines = useMemo(
    () =>
      sorted(
        lines.filter(line => matches(line, wanted)),
        sort
      ),
    [lines, wanted, sort]
  )
  const { lines: shown, touch, leave } = useSteady(wantedLines, chosen !== undefined, JSON.stringify([wanted, sort]))
  const line = lines.find(({ row }) => row.id === chosen)
  const failed = rows.failed ?? days.failed
  return (
    <main className="cams">
      <TopBar />
      {failed && (
        <p className="cam-failed" role="status">
          {t([`words:error.${failed}`, 'words:error.UNKNOWN'])}
          {rows.data && ` · ${t('admin:asOf', { time: clockText(rows.atMs, site?.timeZone ?? 'Asia/Shanghai') })}`}
        </p>
      )}
      {rows.data && (
        <>
          <Summary rows={all} filter={filter} onFilter={setFilter} />
          <FilterBar rows={all} shown={shown.length} filter={filter} onFilter={setFilter} />
          <div className={failed ? 'cam-body stale' : 'cam-body'}>
            <CameraTable
              lines={shown}
              dayNames={dayNames}
              sort={sort}
              onSort={setSort}
              chosen={chosen}
              onChoose={setChosen}
              onTouch={touch}
              onLeave={leave}
            />
            {line && <Drawer line={line} dayNames={dayNames} shown={shown} onClose={() => setChosen(undefined)} />}
          </div>
        </>
      )}
    </main>
  )
}

interface SummaryProps {
  readonly rows: readonly CameraHealthRow[]
  readonly filter: Filter
  readonly onFilter: (filter: Filter) => void
}

/** 在线 812/830 · 98.2 %, then the causes; a press on one shows its cameras. */
function Summary({ rows, filter, onFilter }: SummaryProps) {
  const { t } = useTranslation()
  const { live, expected, trouble, causes } = totalsOf(rows)
  return (
    <header className="cam-summary">
      <h1 className="n">
        {t('cameras:online')} {live}/{expected}
        {expected > 0 && <span className="m"> · {percentText((100 * live) / expected)} %</span>}
      </h1>
      {trouble > 0 && <span className="t-amb n">{t('cameras:withTrouble', { n: trouble })}</span>}
      <ul className="row g6">
        {causes.map(([cause, count]) => (
          <li key={cause}>
            <button
              type="button"
              className={`chip ${filter.cause === cause ? 'white' : 'amber'}`}
              aria-pressed={filter.cause === cause}
              onClick={() => onFilter({ ...filter, cause: filter.cause === cause ? '' : cause })}
            >
              {t(`cameras:cause.${cause}`)} <b className="n">{count}</b>
            </button>
          </li>
        ))}
        {causes.length === 0 && expected > 0 && <li className="t-ok">{t('cameras:allWell')}</li>}
      </ul>
      <span className="grow" />
      <PictureCheck rows={rows} />
    </header>
  )
}

/** How often the pictures are really looked at, the middle of all cameras. */
function PictureCheck({ rows }: { readonly rows: readonly CameraHealthRow[] }) {
  const { t } = useTranslation()
  const every = rows.flatMap(row => row.health?.signs?.picture?.everyMs ?? []).sort((a, b) => a - b)
  const middle = every[Math.floor(every.length / 2)]
  if (middle === undefined) return null
  return <span className="d n">{t('cameras:pictureEvery', { every: spanText(middle, t) })}</span>
}
