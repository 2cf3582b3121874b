/** The duty report as a CSV file that office programs open: UTF-8 with a mark, every field quoted, nothing that would run as a formula. */
import type { VideoPatrolReport } from '../../../../gateway/core/wall.ts'
import { shiftText } from './walk-state.ts'

export interface CsvWords {
  /** Plan, shift, person, done, late, missed, findings. */
  readonly columns: readonly string[]
  readonly neverSeen: string
  cameraName(cameraId: string): string
  /** Of several persons. */
  persons(names: string): string
}

/** As the gateway's own files have it (core/csv.ts; the test holds the two together). */
const RUN = /^[=+@\t\r＝＋－＠]|^-(?!(?:\d+\.?\d*|\.\d+)$)/

function field(value: string | number): string {
  const text = String(value)
  const safe = RUN.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

export function csvOf(report: VideoPatrolReport, words: CsvWords): string {
  const rows: (readonly (string | number)[])[] = [
    words.columns,
    ...report.rows.map(row => [
      ...[row.planName, shiftText(row), words.persons(row.person)],
      ...[row.done, row.late, row.missed, row.findings]
    ])
  ]
  if (report.neverSeen.length > 0) {
    rows.push([], [words.neverSeen])
    for (const { planName, cameraId } of report.neverSeen) rows.push([planName, words.cameraName(cameraId)])
  }
  return `\uFEFF${rows.map(row => row.map(field).join(',')).join('\r\n')}\r\n`
}
