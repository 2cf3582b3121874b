/** The rows of the sources' table that are in sight, asked for as it is scrolled and again every five seconds. */
import type { SourceLine, SourcePage, SourceState } from '../../../../gateway/core/sources.ts'
import { type PagesReading, usePages } from '../../wire/use-pages.ts'

export interface SourceFilter {
  readonly text: string
  readonly state: SourceState | ''
  readonly protocol: string
}

export const NO_FILTER: SourceFilter = { text: '', state: '', protocol: '' }

const EVERY_MS = 5_000
export type SourceReading = PagesReading<SourceLine, SourcePage>

/** `first` and `count` are the rows in sight. The last good answer stays while the gateway is silent. */
export function useSources(filter: SourceFilter, first: number, count: number): SourceReading {
  return usePages<SourceLine, SourcePage>(`/api/sources?${queryOf(filter)}`, first, count, { everyMs: EVERY_MS })
}

function queryOf({ text, state, protocol }: SourceFilter): string {
  const said = Object.entries({ text: text.trim(), state, protocol }).filter(([, value]) => value !== '')
  return said.length === 0 ? '' : `${new URLSearchParams(said)}&`
}
