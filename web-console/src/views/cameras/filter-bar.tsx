/** Which cameras are shown: name, number or initials; state, cause, grid cell, owner; and the table of days as a file. */
import { useTranslation } from 'react-i18next'
import type { CameraCause } from '../../../../gateway/core/camera-health.ts'
import type { CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { Button } from '../../ui/parts.tsx'
import { Pick } from '../../ui/pick.tsx'
import { causesOf, type Filter, NO_FILTER } from './figures.ts'

const CONDITIONS = ['down', 'trouble', 'unknown', 'planned', 'ok'] as const

interface FilterBarProps {
  readonly rows: readonly CameraHealthRow[]
  readonly shown: number
  readonly filter: Filter
  readonly onFilter: (filter: Filter) => void
}

export function FilterBar({ rows, shown, filter, onFilter }: FilterBarProps) {
  const { t } = useTranslation()
  const grids = [...new Set(rows.flatMap(row => row.gridCell ?? []))].sort((a, b) => a.localeCompare(b, 'zh-CN'))
  const causes = [...new Set<CameraCause>([...rows.flatMap(causesOf), ...(filter.cause ? [filter.cause] : [])])].sort()
  const set = (change: Partial<Filter>) => onFilter({ ...filter, ...change })
  const filtered = JSON.stringify(filter) !== JSON.stringify(NO_FILTER)
  return (
    <search className="cam-filter row g8">
      <input
        value={filter.text}
        maxLength={80}
        placeholder={t('cameras:find')}
        aria-label={t('cameras:find')}
        onChange={event => set({ text: event.target.value })}
      />
      <Choice
        name={t('cameras:column.state')}
        value={filter.condition}
        of={CONDITIONS.map(each => [each, t(`cameras:condition.${each}`)])}
        onChange={condition => set({ condition })}
      />
      <Choice
        name={t('cameras:causeName')}
        value={filter.cause}
        of={causes.map(each => [each, t(`cameras:cause.${each}`)])}
        onChange={cause => set({ cause })}
      />
      {grids.length > 0 && (
        <Pick
          aria-label={t('cameras:fact.grid')}
          value={filter.grid}
          items={grids.map(each => ({ id: each, name: each }))}
          none={t('cameras:anyOf', { name: t('cameras:fact.grid') })}
          onValue={grid => set({ grid })}
        />
      )}
      <Choice
        name={t('cameras:fact.ownership')}
        value={filter.ownership}
        of={(['public', 'private'] as const).map(each => [each, t(`cameras:ownership.${each}`)])}
        onChange={ownership => set({ ownership })}
      />
      <span className="d n" role="status">
        {t('cameras:shown', { n: shown, all: rows.length })}
      </span>
      {filtered && <Button onClick={() => onFilter(NO_FILTER)}>{t('cameras:clear')}</Button>}
      <span className="grow" />
      <a className="link" href="/api/camera-health.csv?days=30" download>
        {t('cameras:csv')}
      </a>
    </search>
  )
}

interface ChoiceProps<T extends string> {
  readonly name: string
  readonly value: T | ''
  readonly of: readonly (readonly [T, string])[]
  readonly onChange: (value: T | '') => void
}

function Choice<T extends string>({ name, value, of, onChange }: ChoiceProps<T>) {
  const { t } = useTranslation()
  const choose = (text: string) => onChange(of.find(([each]) => each === text)?.[0] ?? '')
  return (
    <select value={value} aria-label={name} onChange={event => choose(event.target.value)}>
      <option value="">{t('cameras:anyOf', { name })}</option>
      {of.map(([each, word]) => (
        <option key={each} value={each}>
          {word}
        </option>
      ))}
    </select>
  )
}
