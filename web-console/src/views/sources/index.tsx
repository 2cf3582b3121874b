/** 报警源: every box, telephone, button and vehicle terminal, worst first, with what to do about it; 20,000 are as quick as ten. */
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SourcePage, SourceState } from '../../../../gateway/core/sources.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { Button } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { useRowsInSight } from '../../ui/use-rows-in-sight.ts'
import { Drawer } from './drawer.tsx'
import { TestList } from './on-test.tsx'
import { protocolText, ROW_PX, Row } from './row.tsx'
import { ShelfList } from './shelf.tsx'
import { Strangers } from './strangers.tsx'
import { NO_FILTER, type SourceFilter, type SourceReading, useSources } from './use-sources.ts'
import './sources.css'

const STATES: readonly SourceState[] = ['trouble', 'late', 'onTest', 'never', 'online']
const COLUMNS = ['source', 'state', 'cause', 'heard', 'rule', 'protocol', 'kind', 'phone', 'grid', 'origin'] as const
/** What scrolls must be reached by keys (WCAG 2.1.1). */
const REACHED = { tabIndex: 0 } as const

/** Chosen source and state stand in the address: a link from the floor shows those on test, a reload what was there. */
function useAddress() {
  const asked = new URLSearchParams(location.search)
  const [filter, setFilter] = useState<SourceFilter>(() => ({
    ...NO_FILTER,
    state: STATES.find(each => each === asked.get('state')) ?? ''
  }))
  const [chosen, setChosen] = useState(() => asked.get('source') ?? undefined)
  const { state } = filter
  useEffect(() => {
    const said = new URLSearchParams({ ...(state ? { state } : {}), ...(chosen ? { source: chosen } : {}) })
    history.replaceState(null, '', said.size > 0 ? `${location.pathname}?${said}` : location.pathname)
  }, [state, chosen])
  return { filter, setFilter, chosen, setChosen }
}

export default function SourcesView() {
  const { t } = useTranslation()
  const { site } = useSession()
  useAlarmSound()
  const { filter, setFilter, chosen, setChosen } = useAddress()
  const [found, setFound] = useState(0)
  const sight = useRowsInSight(found, ROW_PX)
  const reading = useSources(filter, sight.first, sight.count)
  const { page, failed, atMs } = reading
  if (page && page.found !== found) setFound(page.found)
  return (
    <main className="srcs">
      <TopBar />
      {failed && (
        <p className="src-failed" role="status">
          {t([`words:error.${failed}`, 'words:error.UNKNOWN'])}
          {page && ` · ${t('sources:asOf', { time: clockText(atMs, site?.timeZone ?? 'Asia/Shanghai') })}`}
        </p>
      )}
      {page && <Summary page={page} filter={filter} onFilter={setFilter} />}
      <FilterBar page={page} filter={filter} onFilter={setFilter} onChoose={setChosen} />
      <TestList onChoose={setChosen} />
      <ShelfList onChoose={setChosen} />
      <div className="src-body">
        <Table reading={reading} sight={sight} stale={failed !== undefined} chosen={chosen} onChoose={setChosen} />
        {chosen && <Drawer sourceId={chosen} onClose={() => setChosen(undefined)} />}
      </div>
    </main>
  )
}

interface FilterProps {
  readonly filter: SourceFilter
  readonly onFilter: (filter: SourceFilter) => void
}

/** How many are in which state; a press on one shows them. */
function Summary({ page, filter, onFilter }: FilterProps & { readonly page: Omit<SourcePage, 'rows' | 'offset'> }) {
  const { t } = useTranslation()
  const wrong = STATES.filter(state => state !== 'online' && page.counts[state] > 0)
  return (
    <header className="src-summary">
      <h1 className="n">{t('sources:total', { n: page.all })}</h1>
      <ul className="row g6">
        {STATES.filter(state => page.counts[state] > 0).map(state => (
          <li key={state}>
            <button
              type="button"
              className={`chip ${filter.state === state ? 'white' : state === 'trouble' || state === 'late' ? 'amber' : ''}`}
              aria-pressed={filter.state === state}
              onClick={() => onFilter({ ...filter, state: filter.state === state ? '' : state })}
            >
              {t(`sources:state.${state}`)} <b className="n">{page.counts[state]}</b>
            </button>
          </li>
        ))}
        {wrong.length === 0 && page.all > 0 && <li className="t-ok">{t('sources:allWell')}</li>}
      </ul>
    </header>
  )
}

interface FilterBarProps extends FilterProps {
  readonly page: SourceReading['page']
  readonly onChoose: (id: string) => void
}

function FilterBar({ page, filter, onFilter, onChoose }: FilterBarProps) {
  const { t } = useTranslation()
  const set = (change: Partial<SourceFilter>) => onFilter({ ...filter, ...change })
  const filtered = filter.text !== '' || filter.state !== '' || filter.protocol !== ''
  const name = t('sources:column.protocol')
  return (
    <search className="src-filter row g8">
      <input
        value={filter.text}
        maxLength={80}
        placeholder={t('sources:find')}
        aria-label={t('sources:find')}
        onChange={event => set({ text: event.target.value })}
      />
      <select value={filter.protocol} aria-label={name} onChange={event => set({ protocol: event.target.value })}>
        <option value="">{t('sources:anyOf', { name })}</option>
        {page?.protocols.map(each => (
          <option key={each} value={each}>
            {protocolText(each, t)}
          </option>
        ))}
      </select>
      {page && (
        <span className="d n" role="status">
          {t('sources:shown', { n: page.found, all: page.all })}
        </span>
      )}
      {filtered && <Button onClick={() => onFilter(NO_FILTER)}>{t('sources:clear')}</Button>}
      <span className="grow" />
      <Strangers onChoose={onChoose} />
    </search>
  )
}

interface TableProps {
  readonly reading: SourceReading
  readonly sight: ReturnType<typeof useRowsInSight>
  readonly stale: boolean
  readonly chosen: string | undefined
  readonly onChoose: (sourceId: string | undefined) => void
}

function Table({ reading: { page, rows }, sight: { box, first, count, follow }, stale, chosen, onChoose }: TableProps) {
  const { t } = useTranslation()
  const length = page?.found ?? 0
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = [...rows].find(([, line]) => line.id === chosen)?.[0] ?? -1
    const next = Math.min(length - 1, Math.max(0, at + step))
    const line = rows.get(next)
    if (!line) return
    onChoose(line.id)
    follow(next)
  }
  const shown = Array.from({ length: Math.max(0, Math.min(count, length - first)) }, (_, n) => first + n)
  return (
    <section
      className={stale ? 'src-scroll stale' : 'src-scroll'}
      ref={box}
      {...REACHED}
      onKeyDown={keys}
      aria-label={t('sources:table')}
    >
      <table aria-rowcount={length + 1}>
        <thead>
          <tr>
            {COLUMNS.map(word => (
              <th key={word} className={`s-${word}`}>
                {t(`sources:column.${word}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} />
          {shown.map(index => (
            <Row
              key={rows.get(index)?.id ?? index}
              line={rows.get(index)}
              index={index + 2}
              columns={COLUMNS.length}
              chosen={chosen !== undefined && rows.get(index)?.id === chosen}
              onChoose={onChoose}
            />
          ))}
          <Space rows={length - first - shown.length} />
        </tbody>
      </table>
      {page && length === 0 && <p className="src-empty m">{t('sources:empty')}</p>}
    </section>
  )
}

function Space({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null
  return (
    <tr className="space">
      <td colSpan={COLUMNS.length} style={{ height: rows * ROW_PX }} />
    </tr>
  )
}
