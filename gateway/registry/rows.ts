/** The registry's subjects and sources as they are now: the file's, what was changed in the console over them, terminals that were adopted. */
import type { GroupId, SourceId, SubjectId } from '../core/brand.ts'
import type { GroupRow, SourceRow, SubjectRow, UnitRow } from '../core/unit.ts'
import { type CameraList, createCameraList } from './camera-list.ts'
import { type Cells, createCells } from './grid/cells.ts'
import type { RegistryData } from './load.ts'

export interface Rows {
  /** What is listed now; a new array after every change, so that who keeps an index sees that it is old. */
  readonly data: RegistryData
  readonly cells: Cells
  readonly cameras: CameraList
  subject(subjectId: SubjectId): SubjectRow | undefined
  source(sourceId: SourceId): SourceRow | undefined
  /** All of one subject, adopted ones too. */
  sourcesOf(subjectId: SubjectId): readonly SourceRow[]
  isAdopted(sourceId: SourceId): boolean
  group(groupId: string): GroupRow | undefined
  putGroup(row: GroupRow): void
  /** Whoever calls has checked that nobody is in it. */
  removeGroup(groupId: string): void
  unit(unitId: string): UnitRow | undefined
  putUnit(row: UnitRow): void
  removeUnit(unitId: string): void
  members(groupId: string): readonly SubjectRow[]
  /** In place of what this subject was and had; whoever calls has checked that no source is another's. */
  put(row: SubjectRow, sources: readonly SourceRow[]): void
  remove(subjectId: SubjectId): void
  /** A source that nobody lists, from now on; one that is listed stays as it is. */
  adopt(row: SourceRow): void
  /** Takes it back; what is listed stays. */
  dismiss(sourceId: SourceId): void
}

export function createRows(file: RegistryData): Rows {
  const subjects = new Map(file.subjects.map(row => [row.id, row]))
  const sources = new Map(file.sources.map(row => [row.id, row]))
  const groups = new Map<string, GroupRow>(file.groups.map(row => [row.id, row]))
  const adopted = new Set<SourceId>()
  const bySubject = new Map<SubjectId, Set<SourceId>>()
  const byGroup = new Map<GroupId, Set<SubjectId>>()
  const cells = createCells(file.gridCells)
  const cameras = createCameraList(file.cameras)
  const units = new Map<string, UnitRow>(file.units.map(row => [row.id, row]))
  let lists: { subjects?: readonly SubjectRow[]; sources?: readonly SourceRow[] } = {}

  const belongs = (row: SourceRow) => bySubject.set(row.subjectId, ofKey(bySubject, row.subjectId).add(row.id))
  const joins = (row: SubjectRow) => row.groupId && byGroup.set(row.groupId, ofKey(byGroup, row.groupId).add(row.id))
  sources.values().forEach(belongs)
  subjects.values().forEach(joins)

  const dropSource = (sourceId: SourceId): void => {
    const row = sources.get(sourceId)
    if (row) bySubject.get(row.subjectId)?.delete(sourceId)
    sources.delete(sourceId)
    adopted.delete(sourceId)
    lists = { subjects: lists.subjects }
  }
  const leave = (subjectId: SubjectId): void => {
    for (const sourceId of [...(bySubject.get(subjectId) ?? [])]) if (!adopted.has(sourceId)) dropSource(sourceId)
    const before = subjects.get(subjectId)
    if (before?.groupId) byGroup.get(before.groupId)?.delete(subjectId)
  }
  const dismiss = (sourceId: SourceId): void => {
    if (adopted.has(sourceId)) dropSource(sourceId)
  }

  return {
    data: {
      ...file,
      get subjects() {
        lists.subjects ??= [...subjects.values()]
        return lists.subjects
      },
      get sources() {
        lists.sources ??= [...sources.values()]
        return lists.sources
      },
      get groups() {
        return [...groups.values()]
      },
      get cameras() {
        return cameras.all
      },
      get gridCells() {
        return cells.all
      },
      get units() {
        return [...units.values()]
      }
    },
    ...{ cells, cameras },
    subject: subjectId => subjects.get(subjectId),
    source: sourceId => sources.get(sourceId),
    sourcesOf: subjectId => [...(bySubject.get(subjectId) ?? [])].flatMap(each => sources.get(each) ?? []),
    isAdopted: sourceId => adopted.has(sourceId),
    group: groupId => groups.get(groupId),
    putGroup: row => void groups.set(row.id, row),
    removeGroup: groupId => void groups.delete(groupId),
    unit: unitId => units.get(unitId),
    putUnit: row => void units.set(row.id, row),
    removeUnit: unitId => void units.delete(unitId),
    members: groupId => [...(byGroup.get(groupId as GroupId) ?? [])].flatMap(each => subjects.get(each) ?? []),
    put(row, own) {
      leave(row.id)
      for (const each of own) {
        dropSource(each.id)
        sources.set(each.id, each)
        belongs(each)
      }
      subjects.set(row.id, row)
      joins(row)
      lists = {}
    },
    remove(subjectId) {
      leave(subjectId)
      subjects.delete(subjectId)
      lists = {}
    },
    adopt(row) {
      dismiss(row.id)
      if (sources.has(row.id)) return
      adopted.add(row.id)
      sources.set(row.id, row)
      belongs(row)
      lists = { subjects: lists.subjects }
    },
    dismiss
  }
}

function ofKey<K, V>(map: ReadonlyMap<K, Set<V>>, key: K): Set<V> {
  return map.get(key) ?? new Set()
}
