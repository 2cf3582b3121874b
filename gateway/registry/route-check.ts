/** A patrol route's form → its row, or every fault it has; pure. */
import { isDeepStrictEqual } from 'node:util'
import { type GridCellId, id, type UnitId } from '../core/brand.ts'
import { ROUTE_LIMITS as LIMITS, type PatrolRoute, type RouteDraft } from '../core/patrol-route.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import type { Cells } from './grid/cells.ts'
import { placeFault } from './place-check.ts'
import { differing } from './records.ts'
import { sameText } from './same-subject.ts'
import { newId, tidy } from './subject-check.ts'
import { spansFaults } from './unit-check.ts'

export type RouteChecked =
  | { readonly ok: true; readonly row: PatrolRoute; readonly isNew: boolean; readonly fields: readonly string[] }
  | { readonly ok: false; readonly faults: readonly RecordFault[] }

export interface RouteKnown {
  readonly cells: Pick<Cells, 'outsideKm'>
  hasCell(cellId: string): boolean
  hasUnit(unitId: string): boolean
  readonly routes: readonly PatrolRoute[]
}

export function checkRoute(draft: RouteDraft, before: PatrolRoute | undefined, known: RouteKnown): RouteChecked {
  const faults: RecordFault[] = []
  const refuse = (field: string, code: FaultCode, other?: string) => faults.push({ field, code, other })
  const name = draft.name.trim()
  if (name === '') refuse('name', 'required')
  if (name.length > 60) refuse('name', 'tooLong', '60')
  const called = sameText(name)
  const others = before?.name === name ? [] : known.routes.filter(each => each.id !== before?.id)
  const other = others.find(each => sameText(each.name) === called)
  if (name !== '' && other) refuse('name', 'nameTaken', other.id)
  if (draft.gridCellId && !known.hasCell(draft.gridCellId)) refuse('gridCellId', 'noCell')
  if (draft.unitIds.length === 0) refuse('unitIds', 'noUnit')
  if (draft.unitIds.length > LIMITS.units) refuse('unitIds', 'tooMany', String(LIMITS.units))
  if (draft.unitIds.some(each => !known.hasUnit(each))) refuse('unitIds', 'noUnit')
  if (draft.rota.length === 0) refuse('rota', 'atLeastOne')
  if (draft.rota.length > LIMITS.spans) refuse('rota', 'tooMany', String(LIMITS.spans))
  spansFaults(draft.rota, refuse)
  if (draft.points.length === 0) refuse('points', 'atLeastOne')
  if (draft.points.length > LIMITS.points) refuse('points', 'tooMany', String(LIMITS.points))
  const [least, most] = LIMITS.radiusM
  for (const [n, point] of draft.points.entries()) {
    if (point.name.trim() === '') refuse(`points.${n}.name`, 'required')
    if (point.name.trim().length > 60) refuse(`points.${n}.name`, 'tooLong', '60')
    const away = placeFault({ ...point, datum: 'wgs84' }, known.cells)
    if (away) refuse(`points.${n}.place`, away.code, away.other)
    if (!(point.radiusM >= least && point.radiusM <= most)) refuse(`points.${n}.radiusM`, 'range', `${least}–${most}`)
  }
  if (faults.length > 0) return { ok: false, faults }
  const old = new Set(before?.points.map(each => each.id))
  const row = tidy({
    ...{ id: draft.id ?? newId('r'), name, gridCellId: id<GridCellId>(draft.gridCellId ?? '') },
    unitIds: [...new Set(draft.unitIds)].map(each => id<UnitId>(each)),
    spans: draft.rota.map(({ days, from, to }) => ({ days: [...days].sort(), from, to })),
    points: draft.points.map(point => ({
      // Only a point that was there keeps its name of before: what was passed stays with it.
      id: point.id !== undefined && old.has(point.id) ? point.id : newId('p'),
      name: point.name.trim(),
      position: { lat: point.lat, lon: point.lon, datum: 'wgs84' },
      radiusM: Math.round(point.radiusM)
    }))
  }) as PatrolRoute
  return { ok: true, row, isNew: !before, fields: differing(before, row, isDeepStrictEqual) }
}
