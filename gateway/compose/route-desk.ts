/** The administrator's desk of patrol routes 巡逻路线, and the rounds that are walked by them. */
import { id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder, searchText } from '../core/find.ts'
import type { GeoPoint } from '../core/geo.ts'
import { type PatrolRoute, ROUTE_LIMITS, type RouteDraft } from '../core/patrol-route.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Commit, Store } from '../core/store.ts'
import type { FaultCode } from '../core/subject-record.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createRounds, type Rounds } from '../dispatch/rounds.ts'
import type { PatrolRouteRooms } from '../http/patrol-route-ports.ts'
import { createRecords } from '../registry/records.ts'
import type { Registry } from '../registry/registry.ts'
import { checkRoute } from '../registry/route-check.ts'

export interface RouteDeskDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly commit: Commit
  readonly remembered: ReadonlyMap<string, string>
  readonly registry: Pick<Registry, 'data' | 'rows' | 'unit'>
  readonly timeZone: string
}

export interface RouteDesk {
  readonly rooms: PatrolRouteRooms
  readonly rounds: Rounds
}

/** Rejects when the store cannot be read. */
export async function createRouteDesk(deps: RouteDeskDeps): Promise<RouteDesk> {
  const { clock, registry } = deps
  const serial = createSerial()
  const rows = new Map<string, PatrolRoute>()
  let list: readonly PatrolRoute[] = []
  const records = await createRecords<PatrolRoute>({
    ...{ clock, store: deps.store, kind: 'registry.route', current: routeId => rows.get(routeId) },
    apply(routeId, row) {
      if (row) rows.set(routeId, row)
      else rows.delete(routeId)
      list = [...rows.values()]
    }
  })
  const nameOf = (unitId: UnitId) => registry.unit(unitId)?.name
  const cellName = (cellId = '') => registry.rows.cells.byId(cellId)?.name
  const rounds = createRounds({ ...deps, routes: () => list, nameOf })
  const find = createFinder<PatrolRoute>(
    row => [row.id, row.name, row.gridCellId, ...row.unitIds, ...row.points.map(each => each.name)],
    () => row => searchText([cellName(row.gridCellId), ...row.unitIds.map(nameOf)])
  )
  const known = (routeId: string): PatrolRoute => {
    const row = rows.get(routeId)
    if (!row) throw new GatewayError('NOT_FOUND', { route: routeId.slice(0, 80) })
    return row
  }
  const unchanged = (routeId: string, version: number): void => {
    if (records.versionOf(routeId) !== version) throw new GatewayError('CONFLICT_RETRY', { route: routeId })
  }
  const refused = (code: FaultCode, other?: string) => ({ saved: false as const, faults: [{ field: '', code, other }] })
  const onRecord = async (user: SessionUser): Promise<void> => {
    const entry = {
      atMs: clock.now(),
      who: personOf(user),
      action: 'rounds.read',
      object: 'site',
      outcome: 'done'
    } as const
    const result = await deps.commit({ audit: [entry] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const rooms: PatrolRouteRooms = {
    page(query) {
      const { rows: found, ...page } = find(list, query)
      return {
        ...page,
        rows: found.map(row => ({
          ...{ id: row.id, name: row.name, cell: cellName(row.gridCellId), points: row.points.length },
          ...{ units: row.unitIds.map(each => nameOf(each) ?? each), spans: row.spans },
          version: records.versionOf(row.id)
        }))
      }
    },
    async detail(routeId) {
      const row = known(routeId)
      const points = row.points.map(({ id: pointId, name, position: { lat, lon }, radiusM }) => ({
        ...{ id: pointId, name, lat, lon, radiusM }
      }))
      const draft = { id: row.id, name: row.name, unitIds: row.unitIds, rota: row.spans, points }
      const history = await records.history(routeId)
      return {
        draft: row.gridCellId ? { ...draft, gridCellId: row.gridCellId } : draft,
        ...{ version: records.versionOf(routeId), history }
      }
    },
    save: (draft: RouteDraft, version, user) =>
      serial.run('routes', async () => {
        const before = draft.id === undefined ? undefined : known(draft.id)
        if (!before && rows.size >= ROUTE_LIMITS.routes) return refused('tooMany', String(ROUTE_LIMITS.routes))
        const checked = checkRoute(draft, before, {
          hasCell: cellId => registry.data.gridCells.some(each => each.id === cellId),
          hasUnit: unitId => registry.unit(id<UnitId>(unitId)) !== undefined,
          cells: registry.rows.cells,
          routes: [...rows.values()]
        })
        if (!checked.ok) return { saved: false, faults: checked.faults }
        const { row, fields, isNew } = checked
        unchanged(row.id, version)
        if (fields.length === 0) return { saved: true, id: row.id, version }
        const detail = { change: isNew ? 'made' : 'changed', fields: isNew ? '' : fields.join(' ') }
        const change = { recordId: row.id, value: row, fields: isNew ? [] : fields }
        await records.save([change], user, { action: 'route.save', object: `route:${row.id}`, detail })
        return { saved: true, id: row.id, version: records.versionOf(row.id) }
      }),
    remove: (routeId, version, user) =>
      serial.run('routes', async () => {
        known(routeId)
        unchanged(routeId, version)
        const words = { action: 'route.remove', object: `route:${routeId}`, detail: {} }
        await records.save([{ recordId: routeId, fields: [] }], user, words)
        return { saved: true, id: routeId, version: records.versionOf(routeId) }
      }),
    choices: () => ({
      units: registry.data.units.map(each => ({ id: each.id, name: each.name })),
      gridCells: registry.data.gridCells.map(each => ({ id: each.id, name: each.name }))
    }),
    own: unitId => rounds.today(unitId),
    async everybody(user) {
      await onRecord(user)
      return rounds.today()
    }
  }
  return { rooms, rounds }
}

/** A position that the gateway has kept of a unit on duty, for its check points. */
export type Passing = (unitId: UnitId, point: GeoPoint, accuracyM: number | undefined, user: SessionUser) => void

export const passing =
  (rounds: Pick<Rounds, 'moved'>): Passing =>
  (unitId, point, accuracyM, user) =>
    rounds.moved(unitId, { point, atMs: 0, ...(accuracyM === undefined ? {} : { accuracyM }) }, personOf(user))
