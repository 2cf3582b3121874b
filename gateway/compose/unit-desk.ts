/** The administrator's desk of units and their rota: who is to be on duty and who is; a change is dispatched by at once and shown on every console. */
import type { Access } from '../access/access.ts'
import { id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder, createSearchText, searchText } from '../core/find.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Commit, UserRow } from '../core/store.ts'
import type { FaultCode } from '../core/subject-record.ts'
import type { UnitRow } from '../core/unit.ts'
import type { UnitDraft, UnitLine } from '../core/unit-record.ts'
import type { SessionUser } from '../core/wire.ts'
import { createRota } from '../dispatch/rota.ts'
import type { Units } from '../dispatch/units.ts'
import { projectUnit } from '../feed/project.ts'
import type { UnitRooms } from '../http/ports.ts'
import type { Records } from '../registry/records.ts'
import type { Registry } from '../registry/registry.ts'
import { checkUnit } from '../registry/unit-check.ts'

export interface UnitDeskDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly registry: Pick<Registry, 'data' | 'rows' | 'unit'>
  readonly unitRecords: Records<UnitRow>
  readonly units: Units
  readonly access: Pick<Access, 'users'>
  readonly timeZone: string
}

export function createUnitDesk(deps: UnitDeskDeps): UnitRooms {
  const { clock, registry, unitRecords: records, units } = deps
  const serial = createSerial()
  const due = createRota(deps.timeZone)
  const personText = createSearchText<UserRow>(row => [row.name, row.login])
  const find = createFinder<UnitRow>(
    row => [row.id, row.name, row.phone, row.gridCellId],
    () => {
      const people = Map.groupBy(deps.access.users(), each => each.unitId)
      const cellName = ({ gridCellId }: UnitRow) => gridCellId && registry.rows.cells.byId(gridCellId)?.name
      return row => [searchText([cellName(row)]), ...(people.get(row.id) ?? []).map(personText)].join(' ')
    }
  )
  const known = (unitId: string): UnitRow => {
    const row = registry.unit(id<UnitId>(unitId))
    if (!row) throw new GatewayError('NOT_FOUND', { unit: unitId.slice(0, 80) })
    return row
  }
  const unchanged = (unitId: string, version: number): void => {
    if (records.versionOf(unitId) !== version) throw new GatewayError('CONFLICT_RETRY', { unit: unitId })
  }
  const people = (): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const { unitId, disabled } of deps.access.users())
      if (unitId !== undefined && !disabled) counts.set(unitId, (counts.get(unitId) ?? 0) + 1)
    return counts
  }
  const line = (row: UnitRow, counts: ReadonlyMap<string, number>): UnitLine => {
    const unit = units.get(row.id)
    return {
      ...{ id: row.id, name: row.name, unitClass: row.unitClass, vehicle: row.vehicle, phone: row.phone },
      ...{ memberCount: row.memberCount, state: unit?.state ?? 'offDuty', onDutySinceMs: unit?.onDutySinceMs },
      members: unit?.members.map(each => each.name) ?? [],
      due: due(row, clock.now()),
      people: counts.get(row.id) ?? 0,
      version: records.versionOf(row.id)
    }
  }
  /** Consoles and the unit's own phones see it as it is from now on. */
  const tell = async (unitId: UnitId): Promise<void> => {
    const unit = units.get(unitId)
    if (unit) await deps.commit({ feed: projectUnit(unit, clock.now()) })
  }
  const refused = (code: FaultCode, other?: string) => ({ saved: false as const, faults: [{ field: '', code, other }] })

  return {
    page(query) {
      const { rows, ...page } = find(registry.data.units, query)
      const counts = people()
      return { ...page, rows: rows.map(row => line(row, counts)) }
    },
    async detail(unitId) {
      const history = await records.history(unitId)
      return { draft: known(unitId), version: records.versionOf(unitId), history }
    },
    save: (draft: UnitDraft, version: number, user: SessionUser) =>
      serial.run('units', async () => {
        const before = draft.id === undefined ? undefined : known(draft.id)
        const checked = checkUnit(draft, before, {
          hasCell: cell => registry.rows.cells.byId(cell) !== undefined,
          units: registry.data.units
        })
        if (!checked.ok) return { saved: false, faults: checked.faults }
        const { row, fields, isNew } = checked
        unchanged(row.id, version)
        if (fields.length === 0) return { saved: true, id: row.id, version }
        const detail = { change: isNew ? 'made' : 'changed', fields: isNew ? '' : fields.join(' ') }
        const change = { recordId: row.id, value: row, fields: isNew ? [] : fields }
        await records.save([change], user, { action: 'unit.save', object: `unit:${row.id}`, detail })
        units.put(row)
        await tell(row.id)
        return { saved: true, id: row.id, version: records.versionOf(row.id) }
      }),
    remove: (unitId, version, user) =>
      serial.run('units', async () => {
        const row = known(unitId)
        unchanged(unitId, version)
        if (units.get(row.id)?.state !== 'offDuty') return refused('busy')
        const count = people().get(unitId) ?? 0
        if (count > 0) return refused('people', String(count))
        const words = { action: 'unit.remove', object: `unit:${unitId}`, detail: {} }
        await records.save([{ recordId: unitId, fields: [] }], user, words)
        units.remove(row.id)
        return { saved: true, id: unitId, version: records.versionOf(unitId) }
      })
  }
}
