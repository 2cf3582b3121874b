/** The administrator's desk of households, premises and vehicles: found, opened, changed, removed; one change at a time. */
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { initialsOf, plain } from '../core/initials.ts'
import type {
  RecordChoices,
  Sharer,
  SourceDraft,
  SubjectDetail,
  SubjectDraft,
  SubjectLine,
  SubjectPage,
  SubjectQuery,
  SubjectSaved
} from '../core/subject-record.ts'
import type { SourceRow, SubjectRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import { toWgs84 } from './datum.ts'
import type { Records } from './records.ts'
import type { Rows } from './rows.ts'
import { sharedFault, sharedNumbers } from './sharers.ts'
import { type CheckRows, checkSubject, ownOf, type SubjectValue } from './subject-check.ts'
import { createImports, type Imports } from './subject-import.ts'

export interface SubjectsDeps {
  readonly rows: Rows
  readonly edits: Records<SubjectValue>
  readonly calling: CheckRows['calling']
  /** Changes of the registry, one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

export interface Subjects extends Imports {
  page(query: SubjectQuery): SubjectPage
  /** NOT_FOUND. */
  detail(subjectId: SubjectId): Promise<SubjectDetail>
  choices(): RecordChoices
  /** `version` is what the form was opened with, 0 for a new one or the file's; CONFLICT_RETRY when somebody was quicker. */
  save(draft: SubjectDraft, version: number, user: SessionUser): Promise<SubjectSaved>
  /** Its sources are unknown from then on; not while it calls for help. */
  remove(subjectId: SubjectId, version: number, user: SessionUser): Promise<SubjectSaved>
}

interface Entry {
  readonly row: SubjectRow
  readonly words: string
}

export function createSubjects({ rows, edits, calling, inTurn }: SubjectsDeps): Subjects {
  const { cells } = rows
  const checkRows = { ...rows, hasCell: (cellId: string) => cells.byId(cellId) !== undefined, calling }
  const search = createSearch(rows)

  const line = ({ id: subjectId, kind, name, address, phone, ...row }: SubjectRow): SubjectLine => {
    const group = row.groupId && rows.group(row.groupId)
    const cell = row.gridCellId && cells.byId(row.gridCellId)
    return {
      ...{ id: subjectId, kind, name, address, phone, fleetId: row.fleetId },
      group: group ? { id: group.id, name: group.name } : undefined,
      gridCell: cell ? { id: cell.id, name: cell.name } : undefined,
      sources: rows.sourcesOf(subjectId).map(each => each.id),
      shared: search.sharedBy(subjectId),
      contacts: row.contacts?.length ?? 0,
      consent: row.consent !== undefined,
      placed: row.position !== undefined,
      offGrid:
        row.position !== undefined && !row.gridCellId && cells.all.length > 0 && !cells.at(toWgs84(row.position)),
      version: edits.versionOf(subjectId)
    }
  }
  const find = (subjectId: SubjectId): SubjectRow => {
    const row = rows.subject(subjectId)
    if (!row) throw new GatewayError('NOT_FOUND', { subject: subjectId.slice(0, 80) })
    return row
  }
  const isListed = (each: SubjectId): boolean => rows.subject(each) !== undefined
  const sharer = (subjectId: SubjectId): Sharer[] => {
    const row = rows.subject(subjectId)
    return row ? [{ id: row.id, name: row.name, address: row.address }] : []
  }
  const unchanged = (subjectId: SubjectId, version: number): void => {
    if (edits.versionOf(subjectId) !== version) throw new GatewayError('CONFLICT_RETRY', { subject: subjectId })
  }

  return {
    page({ kinds, text, offset, limit }) {
      const all = search.entries().filter(({ row }) => kinds.includes(row.kind))
      const wanted = plain(text)
      const groups = search.groupsOf(wanted)
      const isFound = ({ row, words }: Entry) =>
        words.includes(wanted) || (row.groupId !== undefined && groups.has(row.groupId))
      const found = wanted === '' ? all : all.filter(isFound)
      const rowsOf = found.slice(offset, offset + limit).map(({ row }) => line(row))
      return { all: all.length, found: found.length, offset, rows: rowsOf }
    },
    async detail(subjectId) {
      const row = find(subjectId)
      const all = rows.sourcesOf(subjectId)
      return {
        draft: draftFrom(row, ownOf(rows, subjectId), isListed),
        version: edits.versionOf(subjectId),
        hasPhrases: row.phrases !== undefined,
        sharedWith: [...new Set(all.flatMap(each => each.alsoSubjectIds ?? []))].flatMap(sharer),
        sharedFrom: rows.data.sources.flatMap(each =>
          each.alsoSubjectIds?.includes(subjectId)
            ? sharer(each.subjectId).map(of => ({ source: String(each.id), of }))
            : []
        ),
        adopted: all.filter(each => rows.isAdopted(each.id)).map(each => each.id),
        history: await edits.history(subjectId)
      }
    },
    choices: () => ({
      groups: rows.data.groups.map(each => ({ id: each.id, name: each.name, members: rows.members(each.id).length })),
      gridCells: cells.all.map(each => ({ id: each.id, name: each.name })),
      fleets: [...new Set(rows.data.subjects.flatMap(each => each.fleetId ?? []))].sort()
    }),
    save: (draft, version, user) =>
      inTurn(async () => {
        if (draft.id !== undefined) find(id(draft.id))
        const checked = checkSubject(draft, checkRows)
        if (!checked.ok) return { saved: false, faults: checked.faults }
        const { row, sources, fields, isNew } = checked
        unchanged(row.id, version)
        if (fields.length === 0) return { saved: true, id: row.id, version }
        const said = isNew ? [] : fields
        const change = { recordId: row.id, value: { row, sources }, fields: said }
        const detail = { kind: row.kind, change: isNew ? 'made' : 'changed', fields: said.join(' ') }
        await edits.save([change], user, { action: 'subject.save', object: `subject:${row.id}`, detail })
        return { saved: true, id: row.id, version: edits.versionOf(row.id), ...warningsOf(row, fields, rows) }
      }),
    remove: (subjectId, version, user) =>
      inTurn(async () => {
        const row = find(subjectId)
        unchanged(subjectId, version)
        const all = rows.sourcesOf(subjectId)
        const shared = sharedFault(all, [])
        if (shared) return { saved: false, faults: [shared] }
        const call = calling(
          subjectId,
          all.map(each => each.id)
        ) // of whatever it has: adopted terminals too
        if (call !== undefined)
          return {
            saved: false,
            faults: [{ field: 'sources', code: 'calling', value: row.name.slice(0, 60), other: call }]
          }
        const change = { recordId: subjectId, fields: [] }
        const words = { action: 'subject.remove', object: `subject:${subjectId}`, detail: { kind: row.kind } }
        await edits.save([change], user, words)
        return { saved: true, id: subjectId, version: edits.versionOf(subjectId) }
      }),
    ...createImports({ rows: checkRows, edits, inTurn })
  }
}

/** Who else has its telephone: allowed, a family shares one, but often a slip. */
function warningsOf({ id: own, phone }: SubjectRow, fields: readonly string[], { data }: Pick<Rows, 'data'>) {
  const isNews = phone !== undefined && fields.includes('phone')
  const other = isNews ? data.subjects.find(each => each.phone === phone && each.id !== own) : undefined
  return other ? { warnings: [{ field: 'phone', code: 'phoneOf', value: phone, other: other.name } as const] } : {}
}

/** What a form shows of a row; phrases are never shown. */
export function draftFrom(
  row: SubjectRow,
  sources: readonly SourceRow[],
  isListed: (subjectId: SubjectId) => boolean
): SubjectDraft & { readonly id: string } {
  const { id: subjectId, kind, name, address, phone, position, description, medicalNote, accessNote } = row
  const { groupId, gridCellId, fleetId, contacts = [], consent } = row
  return {
    ...{ id: subjectId, kind, name, address, phone, position, description, medicalNote, accessNote },
    ...{ groupId, gridCellId, fleetId, contacts, consent },
    sources: sources.map(({ id: sourceId, kind: what, label, alarmClass, locator, alsoSubjectIds }): SourceDraft => {
      const also = alsoSubjectIds && { alsoSubjectIds: alsoSubjectIds.filter(isListed) }
      return { id: sourceId, kind: what, label, alarmClass, consent: locator?.consent, ...also }
    })
  }
}

/** Words of each row, made once for as long as the row is the same; a vehicle's terminals come and go beside it. */
function createSearch(rows: Rows) {
  const words = new WeakMap<SubjectRow, string>()
  let made: readonly SubjectRow[] = []
  let of: readonly SourceRow[] = []
  let entries: readonly Entry[] = []
  let shared: ReturnType<typeof sharedNumbers> = new Map()
  const wordsOf = (row: SubjectRow): string => {
    const known = words.get(row)
    if (known !== undefined) return known
    const { contacts = [] } = row
    const said = [row.id, row.name, row.address, row.phone ?? '', row.gridCellId ?? '', row.fleetId ?? '']
    const sources = rows.sourcesOf(row.id).map(each => each.id)
    // Whoever rings as somebody's contact, or wants to be struck out, is found too.
    const others = contacts.flatMap(each => [each.name, each.phone])
    const names = [row.name, row.address, ...contacts.map(each => each.name)]
    const text = [...[...said, ...sources, ...others].map(plain), ...names.map(initialsOf)].join(' ')
    if (row.kind !== 'vehicle') words.set(row, text)
    return text
  }
  // Not kept with its words: they change with another household's row.
  const entryOf = (row: SubjectRow): Entry => {
    const others = shared.get(row.id)
    return { row, words: others ? `${wordsOf(row)} ${others.map(plain).join(' ')}` : wordsOf(row) }
  }
  const renew = (): void => {
    const { subjects, sources } = rows.data
    if (made === subjects && of === sources) return
    if (of !== sources) shared = sharedNumbers(sources)
    made = subjects
    of = sources
    entries = subjects.map(entryOf)
  }
  return {
    entries(): readonly Entry[] {
      renew()
      return entries
    },
    /** Those that `wanted` is in, by name or initials: asked anew, a group may have another name by now. */
    groupsOf(wanted: string): ReadonlySet<string> {
      const found = rows.data.groups.filter(({ name }) => `${plain(name)} ${initialsOf(name)}`.includes(wanted))
      return new Set(found.map(each => each.id))
    },
    sharedBy(subjectId: SubjectId): readonly SourceId[] {
      renew()
      return shared.get(subjectId) ?? []
    }
  }
}
