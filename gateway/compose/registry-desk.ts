/** The registry with what the console changed in it, the terminals that were approved, and the administrator's desks over them. */
import { id, type SubjectId } from '../core/brand.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Store } from '../core/store.ts'
import type { CameraRow, GroupRow, UnitRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { GroupRooms, SubjectRooms } from '../http/ports.ts'
import { createGridDesk, type GridDesk } from '../registry/grid/desk.ts'
import { openKeptGrid } from '../registry/grid/kept.ts'
import { createGroups } from '../registry/groups.ts'
import type { RegistryData } from '../registry/load.ts'
import { createRecords, type Records } from '../registry/records.ts'
import { createRegistrations, type Registrations } from '../registry/registrations.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import { ownOf, type SubjectValue } from '../registry/subject-check.ts'
import { createSubjects } from '../registry/subjects.ts'
import { callOf } from './calling.ts'

export interface RegistryDesk {
  readonly registry: Registry
  readonly registrations: Registrations
  /** For whoever puts the HTTP side together. */
  readonly recordRooms: {
    readonly registrations: Registrations
    readonly subjects: SubjectRooms
    readonly groups: GroupRooms
    readonly unitRecords: Records<UnitRow>
    readonly grid: GridDesk
    readonly cameraRecords: Records<CameraRow>
  }
}

/** What the console changed in the households of the file; true in `rows` from here on. Rejects when the store cannot be read. */
export function openSubjectEdits(
  rows: Registry['rows'],
  clock: Clock,
  store: Pick<Store, 'documents' | 'commit'>
): Promise<Records<SubjectValue>> {
  return createRecords<SubjectValue>({
    ...{ clock, store, kind: 'registry.subject' },
    current(subjectId) {
      const row = rows.subject(id(subjectId))
      return row && { row, sources: ownOf(rows, row.id) }
    },
    apply: (subjectId, value) => (value ? rows.put(value.row, value.sources) : rows.remove(id(subjectId)))
  })
}

/** Rejects when the store cannot be read. */
export async function openRegistry(
  file: RegistryData,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  store: Store,
  /** Asked when something is changed: the incidents are read after the registry. */
  later: () => { readonly incidents: Parameters<typeof callOf>[0]; readonly hub: Pick<Hub, 'broadcast'> }
): Promise<RegistryDesk> {
  const registry = createRegistry(file)
  const { rows } = registry
  const edits = await openSubjectEdits(rows, clock, store)
  const registrations = await createRegistrations({
    ...{ clock, log, store, registry },
    calling: sourceId => callOf(later().incidents, undefined, [sourceId])?.number
  })
  const serial = createSerial()
  const inTurn = <T>(work: () => Promise<T>) => serial.run('registry', work)
  const groupRecords = await createRecords<GroupRow>({
    ...{ clock, store, kind: 'registry.group', current: rows.group },
    apply: (groupId, row) => (row ? rows.putGroup(row) : rows.removeGroup(groupId))
  })
  const unitRecords = await createRecords<UnitRow>({
    ...{ clock, store, kind: 'registry.unit', current: rows.unit },
    apply: (unitId, row) => (row ? rows.putUnit(row) : rows.removeUnit(unitId))
  })
  const cameraRecords = await createRecords<CameraRow>({
    ...{ clock, store, kind: 'registry.camera', current: rows.cameras.byId },
    apply: (cameraId, row) => (row ? rows.cameras.put(row) : rows.cameras.remove(cameraId))
  })
  const kept = await openKeptGrid(store)
  const head = kept.head()
  if (head) rows.cells.replace(await kept.cells(head.version))
  const grid = createGridDesk({
    ...{ clock, store, rows, kept, inTurn },
    changed: () => later().hub.broadcast(FLOOR, { type: 'changed', what: 'grid' })
  })
  const subjects = createSubjects({
    ...{ rows, edits, inTurn },
    calling: (subjectId, sourceIds) => callOf(later().incidents, subjectId, sourceIds)?.number
  })
  const groups = createGroups({ rows, groups: groupRecords, subjects: edits, inTurn })
  const onRecord: SubjectRooms = {
    ...subjects,
    /** Medical notes and contacts are looked at on record. */
    async detail(subjectId: SubjectId, user) {
      const detail = await subjects.detail(subjectId)
      const entry = { atMs: clock.now(), who: personOf(user), action: 'subject.read', outcome: 'done' } as const
      await store.commit({ audit: [{ ...entry, object: `subject:${subjectId}` }] })
      return detail
    }
  }
  return {
    registry,
    registrations,
    recordRooms: { registrations, subjects: onRecord, groups, unitRecords, grid, cameraRecords }
  }
}
