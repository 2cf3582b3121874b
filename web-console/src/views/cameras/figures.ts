/** What the table of cameras shows, in which order and of which: pure. */
import type { CameraCause, CameraCondition } from '../../../../gateway/core/camera-health.ts'
import type { CameraDays, CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { initialsOf } from '../../ui/initials.ts'

/** The words of the filter; `''` is everything. */
export interface Filter {
  readonly text: string
  readonly condition: CameraCondition | ''
  readonly cause: CameraCause | ''
  readonly grid: string
  readonly ownership: 'public' | 'private' | ''
}

export const NO_FILTER: Filter = { text: '', condition: '', cause: '', grid: '', ownership: '' }

export const SORTS = [
  'worst',
  'name',
  'frame',
  'rate',
  'fps',
  'key',
  'loss',
  'clock',
  'kept',
  'today',
  'month'
] as const
export type SortKey = (typeof SORTS)[number]
export interface Sort {
  readonly key: SortKey
  readonly down: boolean
}

type Days = CameraDays['cameras'][number]['days']
/** A row with its days. */
export interface Line {
  readonly row: CameraHealthRow
  readonly days: Days
}

/** Worst first. */
const RANK: Readonly<Record<CameraCondition, number>> = { down: 0, trouble: 1, unknown: 2, planned: 3, ok: 4 }

/** Share of the watched time that was live, percent, over the last so many days; undefined when nothing was watched. */
export function availability(days: Days, last: number): number | undefined {
  let live = 0
  let down = 0
  for (const day of days.slice(-last)) {
    live += day?.[0] ?? 0
    down += day?.[1] ?? 0
  }
  return live + down === 0 ? undefined : (100 * live) / (live + down)
}

/** `98.2`, `100`, `99.9`: never rounded up to a hundred. */
export function percentText(share: number | undefined): string {
  if (share === undefined) return '–'
  return share === 100 ? '100' : (Math.floor(share * 10) / 10).toFixed(1)
}

/** The offset that is known best: from the stream, else from the device. */
export function clockOffset({ health, deviceClock }: CameraHealthRow): number | undefined {
  return health?.signs?.clockOffsetMs ?? deviceClock?.offsetMs
}

export interface Totals {
  readonly live: number
  readonly expected: number
  readonly trouble: number
  readonly causes: readonly (readonly [CameraCause, number])[]
}

/** A camera counts under each of its troubles, and as live while its picture can be seen. */
export function totalsOf(rows: readonly CameraHealthRow[]): Totals {
  const expected = rows.filter(row => row.expected)
  const causes = new Map<CameraCause, number>()
  for (const row of expected) for (const cause of causesOf(row)) causes.set(cause, (causes.get(cause) ?? 0) + 1)
  return {
    expected: expected.length,
    live: expected.filter(({ condition }) => condition === 'ok' || condition === 'trouble').length,
    trouble: expected.filter(({ condition }) => condition === 'trouble').length,
    causes: [...causes].sort((a, b) => b[1] - a[1])
  }
}

/** All that is wrong, what is told already and what is only just seen. */
export function causesOf({ cause, troubles }: CameraHealthRow): readonly CameraCause[] {
  return [...new Set([...(cause ? [cause] : []), ...troubles.map(trouble => trouble.cause)])]
}

export function matches({ row }: Line, filter: Filter): boolean {
  if (filter.condition && (row.condition !== filter.condition || !row.expected)) return false
  if (filter.cause && !causesOf(row).includes(filter.cause)) return false
  if (filter.grid && row.gridCell !== filter.grid) return false
  if (filter.ownership && row.ownership !== filter.ownership) return false
  const text = filter.text.trim().toLowerCase()
  return text === '' || `${row.name} ${row.id}`.toLowerCase().includes(text) || initialsOf(row.name).includes(text)
}

const last = (value: number | undefined): number => value ?? Number.NEGATIVE_INFINITY

function figureOf({ row, days }: Line, key: SortKey): number {
  const { health } = row
  switch (key) {
    case 'frame':
      return last(health?.lastFrameAtMs && -health.lastFrameAtMs)
    case 'rate':
      return last(health?.bitrateKbps)
    case 'fps':
      return last(health?.fps)
    case 'key':
      return last(health?.signs?.keyIntervalMs)
    case 'loss':
      return last(health?.signs?.lossPercent)
    case 'clock':
      return last(Math.abs(clockOffset(row) ?? Number.NEGATIVE_INFINITY))
    case 'kept':
      return last(row.keptDays)
    case 'today':
      return -(availability(days, 1) ?? 101)
    case 'month':
      return -(availability(days, 30) ?? 101)
    case 'worst':
    case 'name':
      return 0
  }
}

const byName = (a: Line, b: Line): number => a.row.id.localeCompare(b.row.id, 'en', { numeric: true })

/** `down`: the largest, or worst, first. Names break ties, so that rows stay where they are. */
export function sorted(lines: readonly Line[], { key, down }: Sort): readonly Line[] {
  const sign = down ? 1 : -1
  if (key === 'name') return [...lines].sort((a, b) => -sign * byName(a, b))
  if (key === 'worst') return [...lines].sort((a, b) => sign * worse(a.row, b.row) || byName(a, b))
  const figures = new Map(lines.map(line => [line, figureOf(line, key)]))
  return [...lines].sort((a, b) => {
    const [x, y] = [figures.get(a) ?? 0, figures.get(b) ?? 0]
    return x === y ? byName(a, b) : sign * (y - x)
  })
}

/** Down longest stands before down just now; a camera that nobody expects is last. */
function worse(a: CameraHealthRow, b: CameraHealthRow): number {
  if (a.expected !== b.expected) return a.expected ? -1 : 1
  const rank = RANK[a.condition] - RANK[b.condition]
  if (rank !== 0 || a.condition === 'ok') return rank
  return a.sinceMs - b.sinceMs
}
