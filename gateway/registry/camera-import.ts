/** A list of cameras from a CSV file: looked at first, every fault by line and column; with one fault nothing is taken. */
import { setImmediate as turn } from 'node:timers/promises'
import type { CameraDetail } from '../core/camera-record.ts'
import { CSV_LIMITS, readCsv } from '../core/csv.ts'
import { type ImportReport, RECORD_LIMITS as LIMITS, type RecordFault } from '../core/subject-record.ts'
import type { CameraRow } from '../core/unit.ts'
import { checkCamera } from './camera-check.ts'
import { cameraColumns, cameraDraft, cameraHeading } from './camera-csv.ts'
import type { Change } from './records.ts'
import type { Rows } from './rows.ts'
import { blankRows } from './subject-import.ts'

/** Lines checked before others get their turn. */
const SLICE = 250

export interface JudgedCameras {
  readonly report: ImportReport
  readonly changes: readonly Change<CameraRow>[]
}

export async function judgeCameras(
  text: string,
  rows: Rows,
  draftOf: (row: CameraRow) => CameraDetail['draft']
): Promise<JudgedCameras> {
  const read = readCsv(text, LIMITS.importRows + 1)
  if (!read.ok) {
    const other = String(read.why === 'tooLong' ? CSV_LIMITS.cellChars : LIMITS.importRows)
    return refused([{ line: read.line, field: '', code: read.why, other }])
  }
  const [head, ...lines] = read.rows
  if (!head || lines.length === 0) return refused([{ line: 1, field: '', code: 'empty' }])
  const { columns, faults: wrong } = cameraColumns(head)
  if (wrong.length > 0) return refused(wrong, head.cells)

  const byCode = new Map(rows.cameras.all.flatMap(row => (row.nationalCode ? [[row.nationalCode, row] as const] : [])))
  const known = ({ id, nationalCode }: { readonly id: string; readonly nationalCode: string }) => {
    const row = id === '' ? byCode.get(nationalCode) : rows.cameras.byId(id)
    return row && draftOf(row)
  }
  const faults: RecordFault[] = []
  const changes: Change<CameraRow>[] = []
  const sample: ImportReport['sample'][number][] = []
  const seen = new Map<string, number>()
  const counts = { added: 0, changed: 0, same: 0 }
  for (const [n, each] of lines.entries()) {
    if (n % SLICE === SLICE - 1) await turn()
    const { line } = each
    const { draft, faults: unread } = cameraDraft(each, columns, known)
    const checked = checkCamera(draft, rows)
    const own = [
      ...unread,
      ...(checked.ok ? [] : checked.faults.map(fault => ({ ...fault, line, field: cameraHeading(fault.field) }))),
      ...[draft.id, draft.nationalCode, draft.endpoint].flatMap(key => twice(key, line, seen))
    ]
    faults.push(...own)
    if (!checked.ok || own.length > 0) continue
    const { row, fields, isNew } = checked
    if (fields.length === 0) {
      counts.same += 1
      continue
    }
    const change = isNew ? 'added' : 'changed'
    counts[change] += 1
    changes.push({ recordId: row.id, value: row, fields: isNew ? [] : fields })
    if (sample.length < LIMITS.sample)
      sample.push({
        ...{ line, change, name: row.name, address: row.station ?? '', phone: row.nationalCode ?? '' },
        ...{ sources: row.sourceIds?.join('; ') ?? '', fields: isNew ? '' : fields.join(' ') }
      })
  }
  const report = {
    ...{ rows: lines.length, ...counts, headings: head.cells, sample },
    ...{ faults: faults.slice(0, LIMITS.faultsShown), faultCount: faults.length, warnings: blankRows(read) }
  }
  return { report, changes }
}

/** Two lines for one camera. */
function twice(key: string | undefined, line: number, seen: Map<string, number>): readonly RecordFault[] {
  if (!key) return []
  const before = seen.get(key)
  if (before === undefined) seen.set(key, line)
  return before === undefined || before === line
    ? []
    : [{ line, field: '', code: 'twice', value: key.slice(0, 80), other: String(before) }]
}

function refused(faults: readonly RecordFault[], headings: readonly string[] = []): JudgedCameras {
  const none = { rows: 0, added: 0, changed: 0, same: 0, sample: [], warnings: [] }
  const report = { ...none, headings, faults: faults.slice(0, LIMITS.faultsShown), faultCount: faults.length }
  return { report, changes: [] }
}
