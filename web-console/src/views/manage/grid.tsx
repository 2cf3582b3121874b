/** 网格: the cells of three levels, searched; a GeoJSON file takes their place as a whole, and earlier ones are given out. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GridLine, GridState, GridVersion } from '../../../../gateway/core/grid-wire.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText, dateText } from '../../ui/time.ts'
import { Drawer } from './drawer.tsx'
import { FilterBar } from './filter-bar.tsx'
import { GridImport } from './grid-import.tsx'
import { type Column, RowsTable } from './rows-table.tsx'
import { useDetail } from './use-detail.ts'
import { useList } from './use-list.ts'
import './grid.css'

/** Square metres, or square kilometres where there are many. */
export function areaText(m2: number): string {
  const figure = (value: number, digits: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return m2 >= 100_000 ? `${figure(m2 / 1e6, 2)} km²` : `${figure(m2, m2 >= 100 ? 0 : 1)} m²`
}

export function Grid() {
  const { t } = useTranslation()
  const list = useList<GridLine>('/api/grid?', line => line.code)
  const { page, rows, sight, again } = list
  const [opened, setOpened] = useState<'import' | 'versions'>()
  const state = useDetail<GridState>('/api/grid/state', again)
  const columns: readonly Column<GridLine>[] = [
    { word: t('manage:grid.code'), width: 200, digits: true, cell: line => line.code },
    { word: t('manage:grid.name'), cell: line => line.name },
    { word: t('manage:grid.level'), width: 110, cell: line => t(`manage:grid.levels.${line.level}`) },
    { word: t('manage:grid.parent'), width: 200, quiet: true, cell: line => line.parent?.name ?? '–' },
    { word: t('manage:grid.unit'), width: 200, cell: line => line.unit?.name ?? '–' },
    { word: t('manage:grid.children'), width: 100, digits: true, cell: line => line.children || '–' },
    { word: t('manage:grid.area'), width: 120, digits: true, cell: line => areaText(line.areaM2) },
    { word: t('manage:grid.points'), width: 80, quiet: true, digits: true, cell: line => line.points }
  ]
  return (
    <>
      <FilterBar text={list.text} onText={list.setText} find={t('manage:grid.find')} page={page}>
        <Button onClick={() => setOpened('import')}>{t('manage:grid.import')}</Button>
        <a className="btn" href="/api/grid/export" download>
          {t('manage:grid.export')}
        </a>
        <Button onClick={() => setOpened(opened === 'versions' ? undefined : 'versions')}>
          {t('manage:grid.versions')}
        </Button>
      </FilterBar>
      <div className="mng-body">
        <RowsTable
          {...{ label: t('manage:table'), empty: t('manage:grid.none'), found: page?.found, rows, columns, sight }}
          chosen={list.chosen}
          keyOf={line => line.code}
          onChoose={list.setChosen}
        />
        {opened === 'versions' && state && (
          <Drawer title={t('manage:grid.versions')} onClose={() => setOpened(undefined)}>
            <Versions state={state} />
          </Drawer>
        )}
      </div>
      {opened === 'import' && (
        <GridImport onClose={() => setOpened(undefined)} onDone={() => list.changed(undefined)} />
      )}
    </>
  )
}

function Versions({ state: { version: now, versions } }: { readonly state: GridState }) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const when = ({ atMs }: GridVersion) =>
    atMs === undefined ? t('manage:fromFile') : `${dateText(atMs, zone, i18n.language)} ${clockText(atMs, zone)}`
  return (
    <section className="mng-form">
      <ul className="mng-fields mng-versions">
        {versions.map(each => (
          <li key={each.version} className="wide">
            <p className="row g8">
              <span className="n d">{each.version}</span>
              <b className="n grow">{when(each)}</b>
              <span>{each.by}</span>
            </p>
            <p className="m el">{each.file}</p>
            <p className="row g8">
              <span className="n m grow">
                {each.levels.some(count => count > 0) && t('manage:grid.counts', countsOf(each.levels))}
                {each.doubts ? ` · ${t('manage:grid.takenDoubts', { n: each.doubts })}` : ''}
              </span>
              {each.version === now && <span className="t-ok">{t('manage:grid.now')}</span>}
              {each.kept && each.version !== now && (
                <a className="link" href={`/api/grid/export?version=${each.version}`} download>
                  {t('manage:grid.export')}
                </a>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

export function countsOf([one, two, three]: GridState['versions'][number]['levels']) {
  return { one, two, three }
}
