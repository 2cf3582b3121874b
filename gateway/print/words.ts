/** How the writers of sheets put things into words; the words themselves are those of the screens and are handed in. */
import type { Described, Named } from '../core/called.ts'
import type { Position } from '../core/geo.ts'
import type { EvidenceItem, Incident, IncidentState, TimelineEntry } from '../core/incident.ts'
import type { PrintMark } from '../core/print.ts'
import type { ToldPlace } from '../core/told-place.ts'
import type { Block } from './sheet.ts'

export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

export interface SheetWords {
  readonly say: Say
  /** A line of 经过: who, and what with the words of people behind it. */
  line(entry: TimelineEntry): { readonly who: string; readonly what: string }
  /** Where it is: the address, or the street that a vehicle pressed in, with when that was. */
  place(incident: Incident): string
  /** The same in a line of a list: of a vehicle its street, never its firm; empty where nothing is known. */
  spot(place: ToldPlace): string
  /** Where a vehicle was, how it drove and when. */
  told(position: Position): string
  /** `2026-11-28 03:13:18` in the site's zone; empty for undefined. */
  stamp(ms: number | undefined): string
  /** The same to the millisecond: of a line of the record. */
  precise(ms: number): string
  /** `03:13:18`. */
  clock(ms: number | undefined): string
  /** 1 分 20 秒. */
  span(ms: number): string
  /** What is asked for: 60 秒, 5 分. */
  limit(ms: number): string
  phone(number: string): string
  /** Who or what it is, in the language of the sheet. */
  called(named: Named): string
  /** What stands beside the name. */
  described(card: Described): string | undefined
  /** What made an item of evidence. */
  madeBy(item: Pick<EvidenceItem, 'cameraName' | 'cameraNameEn'>): string
  /** Several names that are one value. */
  list(names: string): string
}

/** What is the same on every sheet. */
export function frameOf({ site, by, atMs, check, language }: PrintMark, { say, stamp }: SheetWords) {
  return {
    ...{ site, language },
    foot: say('print:foot', { who: by, time: stamp(atMs), check }),
    page: (n: number, of: number) => say('print:page', { n, of })
  }
}

/** In full: on screens some states are cut short for chips. */
export const stateWord = (state: IncidentState, say: Say): string =>
  say(state === 'acknowledged' ? 'print:acknowledged' : `words:state.${state}`)

/** A step of the sheets' own: nothing where there is nothing. */
export const given = (
  rows: readonly (readonly [string, string | undefined])[]
): readonly (readonly [name: string, value: string])[] =>
  rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []))

/** A table below its heading; columns are words of `print:column`. */
export function listed(
  heading: string | undefined,
  columns: readonly (readonly [column: string, share: number])[],
  rows: readonly (readonly string[])[],
  say: Say
): readonly Block[] {
  const named = columns.map(([column, share]) => ({ title: say(`print:column.${column}`), share }))
  const table: Block = { kind: 'table', columns: named, rows, empty: say('print:none') }
  return heading === undefined ? [table] : [{ kind: 'heading', text: heading }, table]
}
