/** The administrator's desk of neighbour groups: named, filled, emptied; a call-out rings whoever is in it at that moment. */
import { type GroupId, id, protocolOf, type SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder, createSearchText, type Found, type PageQuery } from '../core/find.ts'
import type { GroupDetail, GroupDraft, GroupLine, RecordSaved } from '../core/group-record.ts'
import type { GroupRow, SubjectRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Change, Records } from './records.ts'
import type { Rows } from './rows.ts'
import { newId, ownOf, type SubjectValue } from './subject-check.ts'

export interface GroupsDeps {
  readonly rows: Rows
  readonly groups: Records<GroupRow>
  readonly subjects: Records<SubjectValue>
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

export interface Groups {
  page(query: PageQuery): Found<GroupLine>
  /** NOT_FOUND. */
  detail(groupId: string): Promise<GroupDetail>
  /** CONFLICT_RETRY when somebody was quicker. */
  save(draft: GroupDraft, version: number, user: SessionUser): Promise<RecordSaved>
  /** Only an empty one goes. */
  remove(groupId: string, version: number, user: SessionUser): Promise<RecordSaved>
  /** A household leaves the group it was in; NOT_FOUND. */
  members(groupId: string, change: MemberChange, user: SessionUser): Promise<void>
}

export interface MemberChange {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

const NAME_LENGTH = 60

export function createGroups({ rows, groups, subjects, inTurn }: GroupsDeps): Groups {
  const memberText = createSearchText<SubjectRow>(row => [row.id, row.name, row.phone])
  const find = createFinder<GroupRow>(
    row => [row.id, row.name],
    // Found by those who live in it.
    () => row => rows.members(row.id).map(memberText).join(' ')
  )
  const known = (groupId: string): GroupRow => {
    const row = rows.group(groupId)
    if (!row) throw new GatewayError('NOT_FOUND', { group: groupId.slice(0, 80) })
    return row
  }
  const unchanged = (groupId: string, version: number): void => {
    if (groups.versionOf(groupId) !== version) throw new GatewayError('CONFLICT_RETRY', { group: groupId })
  }
  const phoneOf = (row: SubjectRow): string | undefined =>
    row.phone ??
    rows
      .sourcesOf(row.id)
      .find(each => protocolOf(each.id) === 'sip')
      ?.id.slice('sip:'.length)
  const line = (row: GroupRow): GroupLine => {
    const members = rows.members(row.id)
    const phones = members.filter(each => phoneOf(each) !== undefined).length
    return { id: row.id, name: row.name, members: members.length, phones, version: groups.versionOf(row.id) }
  }
  const moved = (subjectId: string, groupId: GroupId | undefined): Change<SubjectValue> => {
    const row = rows.subject(id<SubjectId>(subjectId))
    if (!row || row.kind === 'vehicle') throw new GatewayError('NOT_FOUND', { subject: subjectId.slice(0, 80) })
    const { groupId: _, ...rest } = row
    const value = { row: groupId ? { ...rest, groupId } : rest, sources: ownOf(rows, row.id) }
    return { recordId: row.id, value, fields: ['groupId'] }
  }

  return {
    page(query) {
      const { rows: shown, ...page } = find(rows.data.groups, query)
      return { ...page, rows: shown.map(line) }
    },
    async detail(groupId) {
      const { id: groupOf, name } = known(groupId)
      return {
        draft: { id: groupOf, name },
        version: groups.versionOf(groupId),
        members: rows.members(groupId).map(row => {
          return { id: row.id, name: row.name, address: row.address, phone: phoneOf(row) }
        }),
        history: await groups.history(groupId)
      }
    },
    save: (draft, version, user) =>
      inTurn(async () => {
        const before = draft.id === undefined ? undefined : known(draft.id)
        const name = draft.name.trim()
        const other = rows.data.groups.find(each => each.name === name && each.id !== draft.id)
        if (name === '') return { saved: false, faults: [{ field: 'name', code: 'required' }] }
        if (name.length > NAME_LENGTH)
          return { saved: false, faults: [{ field: 'name', code: 'tooLong', other: String(NAME_LENGTH) }] }
        if (other) return { saved: false, faults: [{ field: 'name', code: 'nameTaken', other: other.id }] }
        const row: GroupRow = { id: id<GroupId>(draft.id ?? newId('g')), name }
        unchanged(row.id, version)
        if (before?.name === name) return { saved: true, id: row.id, version }
        const change = { recordId: row.id, value: row, fields: before ? ['name'] : [] }
        const words = {
          action: 'group.save',
          object: `group:${row.id}`,
          detail: { change: before ? 'changed' : 'made' }
        }
        await groups.save([change], user, words)
        return { saved: true, id: row.id, version: groups.versionOf(row.id) }
      }),
    remove: (groupId, version, user) =>
      inTurn(async () => {
        known(groupId)
        unchanged(groupId, version)
        const members = rows.members(groupId).length
        if (members > 0) return { saved: false, faults: [{ field: '', code: 'members', other: String(members) }] }
        const words = { action: 'group.remove', object: `group:${groupId}`, detail: {} }
        await groups.save([{ recordId: groupId, fields: [] }], user, words)
        return { saved: true, id: groupId, version: groups.versionOf(groupId) }
      }),
    members: (groupId, { add = [], remove = [] }, user) =>
      inTurn(async () => {
        const group = known(groupId)
        const here = new Set<string>(rows.members(groupId).map(row => row.id))
        const changes = [
          ...add.filter(each => !here.has(each)).map(each => moved(each, group.id)),
          ...remove.filter(each => here.has(each)).map(each => moved(each, undefined))
        ]
        if (changes.length === 0) return
        const detail = { added: add.join(' ').slice(0, 300), removed: remove.join(' ').slice(0, 300) }
        await subjects.save(changes, user, { action: 'group.members', object: `group:${groupId}`, detail })
      })
  }
}
