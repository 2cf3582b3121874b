/** 巡逻路线: where a unit walks at which hours, and its check points. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordSaved } from '../../../../gateway/core/group-record.ts'
import type { RouteChoices, RouteDetail, RouteDraft, RouteLine } from '../../../../gateway/core/patrol-route.ts'
import { Button } from '../../ui/parts.tsx'
import { cellItems, type Faults, GroupFaults, PickField, TextField } from './fields.tsx'
import { FormFrame } from './form-frame.tsx'
import { History } from './history.tsx'
import { type RecordFormProps, RecordsPart } from './records-part.tsx'
import { Rota } from './rota.tsx'
import { type FormPoint, formPointOf, placed, pointOf } from './route-points.ts'
import type { Column } from './rows-table.tsx'
import { nextKey } from './subject-draft.ts'
import { useDetail } from './use-detail.ts'
import { useSave } from './use-save.ts'

const PointMap = lazy(() => import('./point-map.tsx').then(module => ({ default: module.PointMap })))

export function RoutesPart() {
  const { t } = useTranslation()
  const columns: readonly Column<RouteLine>[] = [
    { word: t('manage:route.name'), width: 220, cell: line => line.name },
    { word: t('manage:route.units'), cell: line => line.units.join(t('common:comma')) },
    {
      word: t('manage:route.hours'),
      width: 260,
      cell: line => line.spans.map(({ from, to }) => `${from}–${to}`).join(t('common:comma'))
    },
    { word: t('manage:route.cell'), width: 160, quiet: true, cell: line => line.cell ?? '–' },
    { word: t('manage:route.points'), width: 90, digits: true, cell: line => line.points }
  ]
  return (
    <RecordsPart<RouteLine, RouteDetail>
      {...{ path: '/api/patrol-routes', columns, find: t('manage:route.find'), add: t('manage:add.route') }}
      none={t('manage:noRoutes')}
      keyOf={line => line.id}
      titleOf={({ draft }) => [draft.name, draft.id]}
      form={props => <RouteForm {...props} />}
    />
  )
}

function RouteForm({ detail, onChanged, onReload }: RecordFormProps<RouteDetail>) {
  const { t } = useTranslation()
  const saving = useSave()
  const choices = useDetail<RouteChoices>('/api/patrol-routes/choices')
  const cells = useMemo(() => cellItems(choices?.gridCells), [choices])
  const before = detail?.draft
  const [name, setName] = useState(before?.name ?? '')
  const [cell, setCell] = useState(before?.gridCellId ?? '')
  const [unitIds, setUnitIds] = useState<readonly string[]>(before?.unitIds ?? [])
  const [rota, setRota] = useState(() => (before?.rota ?? []).map(span => ({ key: nextKey(), ...span })))
  const [points, setPoints] = useState<readonly FormPoint[]>(() =>
    (before?.points ?? []).map(point => formPointOf(point, nextKey()))
  )
  const version = detail?.version ?? 0
  const id = before?.id
  const { faults } = saving
  const order = async (path: string, body: object, gone = false) => {
    const saved = await saving.send<RecordSaved>(path, body)
    if (saved) onChanged(gone ? undefined : saved.id)
  }
  const draft: RouteDraft = {
    ...(id ? { id } : {}),
    ...{ name, gridCellId: cell, unitIds, points: points.map(pointOf) },
    rota: rota.map(({ days, from, to }) => ({ days, from, to }))
  }
  return (
    <FormFrame
      {...{ saving, onReload }}
      onSave={() => void order('/api/patrol-routes', { draft, version })}
      onRemove={detail && (() => void order('/api/patrol-routes/remove', { id, version }, true))}
    >
      <TextField
        {...{ word: t('manage:route.name'), field: 'name', faults, value: name, onValue: setName }}
        needed
        wide
        autoFocus={!detail}
      />
      <PickField
        {...{ word: t('manage:route.cell'), field: 'gridCellId', faults, value: cell, onValue: setCell }}
        items={cells}
        none={t('manage:unit.noCell')}
      />
      <Units {...{ choices, unitIds, faults }} onUnits={setUnitIds} />
      <Rota
        {...{ spans: rota, onSpans: setRota, faults }}
        words={{ legend: t('manage:route.hours'), help: t('manage:route.hoursHelp') }}
      />
      <Points {...{ points, faults }} onPoints={setPoints} />
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}

function Units({
  choices,
  unitIds,
  faults,
  onUnits
}: {
  readonly choices: RouteChoices | undefined
  readonly unitIds: readonly string[]
  readonly faults: Faults
  readonly onUnits: (unitIds: readonly string[]) => void
}) {
  const { t } = useTranslation()
  const nameOf = (unitId: string) => choices?.units.find(each => each.id === unitId)?.name ?? unitId
  const others = choices?.units.filter(each => !unitIds.includes(each.id)) ?? []
  return (
    <fieldset className="wide mng-list">
      <legend>{t('manage:route.units')}</legend>
      <p className="row g8 mng-chosen">
        {unitIds.map(unitId => (
          <Button
            key={unitId}
            aria-label={t('manage:takeOut', { name: nameOf(unitId) })}
            onClick={() => onUnits(unitIds.filter(each => each !== unitId))}
          >
            {nameOf(unitId)} ×
          </Button>
        ))}
      </p>
      <PickField
        {...{ word: t('manage:route.addUnit'), field: 'addUnit', faults: [], value: '', items: others }}
        placeholder={t('common:pick.find')}
        onValue={unitId => onUnits([...unitIds, unitId])}
      />
      <GroupFaults field="unitIds" faults={faults} />
    </fieldset>
  )
}

function Points({
  points,
  faults,
  onPoints
}: {
  readonly points: readonly FormPoint[]
  readonly faults: Faults
  readonly onPoints: (points: readonly FormPoint[]) => void
}) {
  const { t } = useTranslation()
  const [map, setMap] = useState(false)
  const [chosen, setChosen] = useState<number>()
  const put = (key: number, change: Partial<FormPoint>) =>
    onPoints(points.map(each => (each.key === key ? { ...each, ...change } : each)))
  return (
    <fieldset className="wide mng-list">
      <legend>{t('manage:route.points')}</legend>
      <p className="m t12">{t('manage:route.pointsHelp')}</p>
      {points.map((point, n) => (
        <div key={point.key} className="mng-span mng-point">
          <TextField
            {...{ word: t('manage:route.pointName', { n: n + 1 }), field: `points.${n}.name`, faults }}
            value={point.name}
            onValue={value => put(point.key, { name: value })}
          />
          <TextField
            {...{ word: t('manage:route.place'), field: `points.${n}.place`, faults, placeholder: '27.0320, 119.6120' }}
            value={point.place}
            onValue={value => put(point.key, { place: value })}
          />
          <TextField
            {...{ word: t('manage:route.radius'), field: `points.${n}.radiusM`, faults, type: 'number' }}
            value={point.radiusM}
            onValue={value => put(point.key, { radiusM: value })}
          />
          <span className="mng-item-end row g6">
            {map && (
              <Button
                aria-pressed={point.key === chosen}
                onClick={() => setChosen(point.key === chosen ? undefined : point.key)}
              >
                {t('manage:route.pick')}
              </Button>
            )}
            <Button
              aria-label={t('manage:takeOut', { name: point.name || t('manage:route.pointName', { n: n + 1 }) })}
              onClick={() => onPoints(points.filter(each => each.key !== point.key))}
            >
              {t('manage:out')}
            </Button>
          </span>
        </div>
      ))}
      <GroupFaults field="points" faults={faults} />
      <p className="row g8">
        <Button onClick={() => onPoints([...points, { key: nextKey(), name: '', place: '', radiusM: '50' }])}>
          {t('manage:route.addPoint')}
        </Button>
        <Button aria-expanded={map} onClick={() => setMap(!map)}>
          {t(map ? 'manage:route.noMap' : 'manage:route.useMap')}
        </Button>
      </p>
      {map && (
        <>
          <p className="m t12">{t(chosen === undefined ? 'manage:route.mapHelp' : 'manage:route.mapMoves')}</p>
          <Suspense fallback={<div className="mng-map" />}>
            <PointMap
              {...{ points, chosen }}
              onChosen={setChosen}
              onPlace={at => {
                onPoints(placed(points, chosen, at, nextKey))
                setChosen(undefined)
              }}
            />
          </Suspense>
        </>
      )}
    </fieldset>
  )
}
