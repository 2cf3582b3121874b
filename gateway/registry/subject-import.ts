/** A list of households from a CSV file: looked at first, every fault by line and column, then applied in parts that alarms pass between. */
import { setImmediate as turn } from 'node:timers/promises'
import { id, type SubjectId } from '../core/brand.ts'
import { CSV_LIMITS, type CsvRead, readCsv } from '../core/csv.ts'
import {
  type ImportReport,
  RECORD_LIMITS as LIMITS,
  type RecordFault,
  type SubjectDraft,
  type SubjectKind
} from '../core/subject-record.ts'
import type { SubjectRow } from '../core/unit.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Change, Records } from './records.ts'
import type { Rows } from './rows.ts'
import { sameKey } from './same-subject.ts'
import { type CheckRows, callFault, checkSubject, ownOf, type SubjectValue } from './subject-check.ts'
import { CSV_HEAD, type CsvNames, draftOf, headingOf, headingsOf, lineOf } from './subject-csv.ts'
import { draftFrom } from './subjects.ts'

export interface Imports {
  preview(text: string): Promise<ImportReport>
  /** Nothing is changed while there is a fault, but for whoever begins to call for help meanwhile: only that line is left out. Read twice it changes nothing the second time. */
  import(text: string, file: string, user: SessionUser): Promise<ImportReport>
  /** With UTF-8's mark in front, so that spreadsheets read the characters; on record before it is answered. */
  export(kinds: readonly SubjectKind[], user: SessionUser): Promise<string>
}

export interface ImportDeps {
  readonly rows: Rows & CheckRows
  readonly edits: Records<SubjectValue>
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** Lines checked, and households committed, before others get their turn. */
const SLICE = 250

interface LineChange extends Change<SubjectValue> {
  readonly line: number
  readonly value: SubjectValue
}

interface Judged extends ImportReport {
  readonly changes: readonly LineChange[]
}

export function createImports({ rows, edits, inTurn }: ImportDeps): Imports {
  const report = ({ changes: _, ...said }: Judged): ImportReport => said

  return {
    preview: async text => report(await judge(text, rows)),
    import: (text, file, user) =>
      inTurn(async () => {
        const judged = await judge(text, rows)
        if (judged.faultCount > 0) return report(judged)
        // Alarms pass between the parts, and passed while it was judged.
        const late = callsOf(judged.changes, rows)
        if (late.length > 0)
          return report({ ...judged, faults: late.slice(0, LIMITS.faultsShown), faultCount: late.length })
        const left: RecordFault[] = []
        for (let at = 0; at < judged.changes.length; at += SLICE) {
          const all = judged.changes.slice(at, at + SLICE)
          const faults = callsOf(all, rows)
          left.push(...faults)
          const part = all.filter(each => !faults.some(({ line }) => line === each.line))
          if (part.length === 0) continue
          const detail = { file: file.slice(0, 120), from: at + 1, to: at + part.length, of: judged.changes.length }
          await edits.save(part, user, { action: 'subject.import', object: 'subjects', detail })
          await turn()
        }
        return report({ ...judged, faults: left.slice(0, LIMITS.faultsShown), faultCount: left.length })
      }),
    async export(kinds, user) {
      const found = rows.data.subjects.filter(row => kinds.includes(row.kind))
      await edits.save([], user, { action: 'subject.export', object: 'subjects', detail: { count: found.length } })
      const lines = [CSV_HEAD]
      for (const [n, row] of found.entries()) {
        lines.push(lineOf(row, ownOf(rows, row.id)))
        if (n % SLICE === SLICE - 1) await turn()
      }
      return `\ufeff${lines.join('\r\n')}\r\n`
    }
  }
}

/** Of those who call for help by now. */
function callsOf(changes: readonly LineChange[], rows: Rows & CheckRows): readonly RecordFault[] {
  return changes.flatMap(({ line, recordId, value }) => {
    const fault = callFault(rows, id(recordId), value.sources)
    return fault ? [{ ...fault, line, field: headingOf(fault.field) }] : []
  })
}

async function judge(text: string, rows: Rows & CheckRows): Promise<Judged> {
  const read = readCsv(text, LIMITS.importRows + 1)
  if (!read.ok) {
    const other = String(read.why === 'tooLong' ? CSV_LIMITS.cellChars : LIMITS.importRows)
    return refused([{ line: read.line, field: '', code: read.why, other }])
  }
  const [head, ...lines] = read.rows
  if (!head || lines.length === 0) return refused([{ line: 1, field: '', code: 'empty' }])
  const { columns, faults: wrong } = headingsOf(head)
  if (wrong.length > 0) return refused(wrong, head.cells)

  const names = namesOf(rows)
  const known = knownOf(rows)
  const phones = phonesOf(rows)
  const faults: RecordFault[] = []
  const warnings: RecordFault[] = [...blankRows(read)]
  const changes: LineChange[] = []
  const sample: ImportReport['sample'][number][] = []
  const seen = {
    subjects: new Map<string, number>(),
    sources: new Map<string, number>(),
    names: new Map<string, number>()
  }
  const counts = { added: 0, changed: 0, same: 0 }
  for (const [n, row] of lines.entries()) {
    if (n % SLICE === SLICE - 1) await turn()
    const { line, draft, faults: unread } = draftOf(row, columns, names, known)
    const checked = checkSubject(draft, rows)
    const own = [
      ...unread,
      ...(checked.ok ? [] : checked.faults.map(each => ({ ...each, line, field: headingOf(each.field) }))),
      ...twice(draft, line, seen)
    ]
    faults.push(...own)
    if (!checked.ok || own.length > 0) continue
    if (checked.fields.length === 0) {
      counts.same += 1
      continue
    }
    counts[checked.isNew ? 'added' : 'changed'] += 1
    warnings.push(...phones(line, checked.row))
    changes.push({
      line,
      recordId: checked.row.id,
      value: { row: checked.row, sources: checked.sources },
      fields: checked.isNew ? [] : checked.fields
    })
    if (sample.length < LIMITS.sample) sample.push(shown(line, checked.row, checked))
  }
  return {
    ...{ rows: lines.length, ...counts, headings: head.cells, sample, changes },
    ...{ faults: faults.slice(0, LIMITS.faultsShown), faultCount: faults.length },
    warnings: warnings.slice(0, LIMITS.faultsShown)
  }
}

/** One line for all of them: spreadsheets write thousands below a list. */
export function blankRows({ blank }: Extract<CsvRead, { ok: true }>): readonly RecordFault[] {
  return blank ? [{ line: blank.line, field: '', code: 'blank', other: String(blank.count) }] : []
}

/** Who else has a line's telephone, in the registry or above it in the file: allowed, a family shares one, but often a slip. */
function phonesOf(rows: Rows): (line: number, row: SubjectRow) => readonly RecordFault[] {
  const owners = new Map<string, Pick<SubjectRow, 'id' | 'name'>>()
  for (const row of rows.data.subjects) if (row.phone) owners.set(row.phone, row)
  return (line, { id: own, name, phone }) => {
    if (!phone) return []
    const owner = owners.get(phone)
    if (owner === undefined) owners.set(phone, { id: own, name })
    if (owner === undefined || owner.id === own) return []
    return [{ line, field: headingOf('phone'), code: 'phoneOf', value: phone, other: owner.name }]
  }
}

function shown(
  line: number,
  { name, address, phone = '' }: SubjectRow,
  {
    sources,
    fields,
    isNew
  }: {
    readonly sources: readonly { readonly id: string }[]
    readonly fields: readonly string[]
    readonly isNew: boolean
  }
): ImportReport['sample'][number] {
  const change = isNew ? 'added' : 'changed'
  return {
    line,
    change,
    name,
    address,
    phone,
    sources: sources.map(each => each.id).join('; '),
    fields: isNew ? '' : fields.join(' ')
  }
}

/** Two lines for one household, or one telephone in two of them. */
function twice(
  draft: SubjectDraft,
  line: number,
  seen: Readonly<Record<'subjects' | 'sources' | 'names', Map<string, number>>>
): readonly RecordFault[] {
  const once = (map: Map<string, number>, key: string, field: string): readonly RecordFault[] => {
    const before = map.get(key)
    if (before === undefined) map.set(key, line)
    return before === undefined || before === line
      ? []
      : [{ line, field: headingOf(field), code: 'twice', value: key, other: String(before) }]
  }
  const key = sameKey(draft)
  return [
    ...(draft.id === undefined ? [] : once(seen.subjects, draft.id, 'id')),
    ...(key === '' ? [] : once(seen.names, key, 'name').map(fault => ({ ...fault, value: draft.name.slice(0, 60) }))),
    ...draft.sources.flatMap(each => once(seen.sources, each.id, 'sources'))
  ]
}

function refused(faults: readonly RecordFault[], headings: readonly string[] = []): Judged {
  const none = { rows: 0, added: 0, changed: 0, same: 0, sample: [], warnings: [], changes: [] }
  return { ...none, headings, faults: faults.slice(0, LIMITS.faultsShown), faultCount: faults.length }
}

function namesOf(rows: Rows): CsvNames {
  const by = (list: readonly { readonly id: string; readonly name: string }[]) => {
    const found = new Map(list.map(each => [each.name, each.id]))
    for (const each of list) found.set(each.id, each.id)
    return (text: string) => found.get(text)
  }
  return { group: by(rows.data.groups), cell: by(rows.cells.all) }
}

/**
 * Whom a line is about: by its number, else by a telephone that is known if the name or the address is theirs too (a mistyped number must not
 * rename somebody), else by name and address; else somebody new.
 */
function knownOf(rows: Rows): Parameters<typeof draftOf>[3] {
  const byPlace = new Map(rows.data.subjects.map(row => [`${row.name}\n${row.address}`, row]))
  return asked => {
    const owners = asked.sources.flatMap(each => rows.subject(rows.source(id(each))?.subjectId ?? id('')) ?? [])
    const bySource = owners.find(row => row.name === asked.name || row.address === asked.address)
    const other = bySource ?? byPlace.get(`${asked.name}\n${asked.address}`)
    const row = asked.id === undefined ? other : rows.subject(id<SubjectId>(asked.id))
    return row && draftFrom(row, ownOf(rows, row.id), each => rows.subject(each) !== undefined)
  }
}
