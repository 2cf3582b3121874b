/** Orders and sums of the diagnostics page. Pure. */
import type { Diagnostics } from '../../../../gateway/core/wire.ts'

type Adapter = Diagnostics['adapters'][number]

export interface RejectedRow {
  readonly adapter: string
  readonly reason: string
  readonly count: number
  readonly lastOrigin: string
  readonly lastAtMs: number
  readonly lastDetail?: string
}

/** All rejected input, the newest first. */
export function rejectedRows(adapters: readonly Adapter[]): readonly RejectedRow[] {
  return adapters
    .flatMap(({ name, rejected }) => rejected.map(row => ({ adapter: name, ...row })))
    .sort((a, b) => b.lastAtMs - a.lastAtMs)
}

export function rejectedTotal(adapter: Adapter): number {
  return adapter.rejected.reduce((sum, row) => sum + row.count, 0)
}

const GOOD: ReadonlySet<string> = new Set(['online', 'live', 'running', 'seen', 'idle'])

/** What needs a look comes first; then by id. `state` words: online, offline, seen, live, stale … */
export function troubleFirst<T extends { readonly state: string }>(
  rows: readonly T[],
  key: (row: T) => string
): readonly T[] {
  return [...rows].sort(
    (a, b) =>
      Number(GOOD.has(a.state)) - Number(GOOD.has(b.state)) || key(a).localeCompare(key(b), 'en', { numeric: true })
  )
}

export function isGood(state: string): boolean {
  return GOOD.has(state)
}

/** Rows whose id, protocol or model contains the text, in any case. */
export function matching(devices: Diagnostics['devices'], text: string): Diagnostics['devices'] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return devices
  return devices.filter(({ id, protocol, model, state }) =>
    `${id} ${protocol} ${model ?? ''} ${state}`.toLowerCase().includes(wanted)
  )
}
