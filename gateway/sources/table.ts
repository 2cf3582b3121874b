/** The table of sources: every one of the registry and every stranger that was heard, worst first, searched, a page at a time. */
import { id, protocolOf, type SourceId } from '../core/brand.ts'
import { isOurLine } from '../core/called.ts'
import { initialsOf, plain } from '../core/initials.ts'
import type { Clock, Sighting } from '../core/ports.ts'
import { mayShelve } from '../core/source-shelf.ts'
import {
  type HeartbeatRule,
  SOURCE_STATES,
  type SourceLine,
  type SourcePage,
  type SourceQuery,
  type SourceState
} from '../core/sources.ts'
import type { GridCellRow, SourceRow, SubjectRow } from '../core/unit.ts'
import type { LastWord } from './heard.ts'
import { standingOf } from './standing.ts'

interface RowsNow {
  readonly sources: readonly SourceRow[]
  readonly subjects: readonly SubjectRow[]
  readonly gridCells: readonly GridCellRow[]
}

export interface TableOptions {
  readonly clock: Clock
  /** The rows of this moment; another array when something in it has changed. */
  registry(): RowsNow
  /** Undefined for a protocol that is not served. */
  ruleOf(protocol: string): HeartbeatRule | undefined
  /** Newest sightings, by device: a source's own id, or a camera's endpoint. */
  devices(): readonly Sighting[]
  heard(sourceId: SourceId): LastWord | undefined
  /** When its position came, if that is known. */
  movedAtMs(sourceId: SourceId): number | undefined
  troubles(sourceId: SourceId): ReadonlyMap<string, number>
  onTest(source: SourceRow): boolean
  /** Source → number of its open trouble incident. */
  openTroubles(): ReadonlyMap<SourceId, string>
}

export interface SourceTable {
  page(query: SourceQuery): SourcePage
  line(sourceId: SourceId): SourceLine | undefined
}

/** All rows are judged at most once in this time, however many people look: the alarm line runs on the same thread. */
const FRESH_MS = 2_000
const RANK = new Map(SOURCE_STATES.map((state, rank) => [state, rank]))

interface Entry {
  readonly source?: SourceRow
  readonly id: SourceId
  readonly protocol: string
  readonly subject: SourceLine['subject']
  readonly gridCell?: SourceLine['gridCell']
  /** What is searched, made once. */
  readonly words: string
}

interface Judged {
  readonly atMs: number
  readonly entries: readonly (readonly [Entry, SourceLine])[]
  readonly counts: Readonly<Record<SourceState, number>>
}

export function createSourceTable(options: TableOptions): SourceTable {
  let entries: readonly Entry[] | undefined
  let from: RowsNow | undefined
  let judged: Judged | undefined
  let made: MadeEntries = new WeakMap()

  const judge = (): Judged => {
    const nowMs = options.clock.now()
    if (judged && nowMs - judged.atMs < FRESH_MS && nowMs >= judged.atMs) return judged
    // Households are changed and terminals approved while we run.
    const { sources, subjects, gridCells } = options.registry()
    if (from?.gridCells !== gridCells) made = new WeakMap()
    if (!entries || from?.sources !== sources || from?.subjects !== subjects || from?.gridCells !== gridCells) {
      from = { sources, subjects, gridCells }
      entries = registered(from, made)
    }
    const devices = new Map(options.devices().map(device => [device.deviceId, device]))
    const open = options.openTroubles()
    const all = [...entries, ...strangers(entries, devices.values())].map(
      entry => [entry, lineOf(entry, { ...options, nowMs, devices, open })] as const
    )
    all.sort(([, a], [, b]) => worse(a, b))
    const counts = Object.fromEntries(SOURCE_STATES.map(state => [state, 0])) as Record<SourceState, number>
    for (const [, { state }] of all) counts[state] += 1
    judged = { atMs: nowMs, entries: all, counts }
    return judged
  }

  return {
    page({ text, state, protocol, offset, limit }) {
      const { atMs, entries: all, counts } = judge()
      const wanted = plain(text)
      const found = all.filter(
        ([entry, line]) =>
          (!state || line.state === state) &&
          (!protocol || line.protocol === protocol) &&
          (wanted === '' || entry.words.includes(wanted))
      )
      return {
        nowMs: atMs,
        all: all.length,
        counts,
        protocols: [...new Set(all.map(([entry]) => entry.protocol))].sort(),
        found: found.length,
        offset,
        rows: found.slice(offset, offset + limit).map(([, line]) => line)
      }
    },
    line: sourceId => judge().entries.find(([entry]) => entry.id === sourceId)?.[1]
  }
}

/** What was made of a source and its subject, for as long as neither has changed: one household among 20,000 renews one row. */
type MadeEntries = WeakMap<SourceRow, { readonly row: SubjectRow; readonly entry: Entry }>

function registered({ sources, subjects, gridCells }: RowsNow, made: MadeEntries): readonly Entry[] {
  const bySubject = new Map(subjects.map(row => [row.id, row]))
  const cells = new Map(gridCells.map(row => [row.id, row]))
  return sources.flatMap(source => {
    const row = bySubject.get(source.subjectId)
    if (!row) return []
    const known = made.get(source)
    if (known?.row === row) return known.entry
    const others = (source.alsoSubjectIds ?? []).flatMap(each => bySubject.get(each) ?? [])
    const entry = entryOf(source, row, others, cells)
    if (!source.alsoSubjectIds) made.set(source, { row, entry })
    return entry
  })
}

function entryOf(
  source: SourceRow,
  row: SubjectRow,
  others: readonly SubjectRow[],
  cells: ReadonlyMap<string, GridCellRow>
): Entry {
  const cell = row.gridCellId && cells.get(row.gridCellId)
  const { kind, phone } = row
  // A telephone that several households share is found by each of them.
  const all = [row, ...others]
  const joined = (key: 'name' | 'address') => [...new Set(all.map(r => r[key]))].join(' / ')
  const [name, address] = [joined('name'), joined('address')]
  const said = [source.id, source.label ?? '', ...all.flatMap(r => [r.name, r.address, r.phone ?? '', r.id])].map(plain)
  return {
    source,
    id: source.id,
    protocol: protocolOf(source.id),
    subject: { kind, name, address, phone },
    gridCell: cell ? { id: cell.id, name: cell.name } : undefined,
    // A space keeps the end of one word and the beginning of the next from making a third.
    words: [...said, ...all.flatMap(r => [initialsOf(r.name), initialsOf(r.address)])].join(' ')
  }
}

/** Heard and in nobody's registry: a technician finds the box whose account was typed wrongly. */
function strangers(entries: readonly Entry[], devices: Iterable<Sighting>): readonly Entry[] {
  const known = new Set<string>(entries.map(entry => entry.id))
  return [...devices].flatMap(({ deviceId, protocol }) => {
    // Cameras have a page of their own.
    if (known.has(deviceId) || !deviceId.startsWith(`${protocol}:`) || isOurLine(deviceId)) return []
    const name = deviceId.slice(protocol.length + 1)
    return {
      id: id<SourceId>(deviceId),
      protocol,
      subject: { kind: 'unmapped', name, address: '' },
      words: plain(deviceId)
    }
  })
}

interface Now extends Omit<TableOptions, 'devices'> {
  readonly nowMs: number
  readonly devices: ReadonlyMap<string, Sighting>
  readonly open: ReadonlyMap<SourceId, string>
}

function lineOf(entry: Entry, now: Now): SourceLine {
  const { id: sourceId, source } = entry
  const word = now.heard(sourceId)
  const sighting = now.devices.get(sourceId) ?? now.devices.get(cameraOf(sourceId))
  const times = [word?.atMs, sighting?.state === 'offline' ? undefined : sighting?.atMs, now.movedAtMs(sourceId)]
  const heardAtMs = times.reduce((last, atMs) => (atMs !== undefined && atMs > (last ?? 0) ? atMs : last), undefined)
  const served = now.ruleOf(entry.protocol)
  const standing = standingOf({
    ...{ nowMs: now.nowMs, rule: served, sighting, heardAtMs },
    supervised: word?.supervised ?? false,
    onTest: source !== undefined && now.onTest(source),
    troubles: now.troubles(sourceId)
  })
  const incident = now.open.get(sourceId)
  return {
    ...{ id: sourceId, protocol: entry.protocol, kind: source?.kind, label: source?.label },
    ...{ subject: entry.subject, gridCell: entry.gridCell, ...standing },
    lastHeardAtMs: heardAtMs,
    rule: served ?? { kind: 'none' },
    ...(incident === undefined ? {} : { incident, restored: now.troubles(sourceId).size === 0 }),
    ...(source && mayShelve(source.kind, source.alarmClass) ? { shelvable: true } : {}),
    ...{ origin: sighting?.origin, model: sighting?.model }
  }
}

/** A digital input lives with its camera: `onvif:<endpoint>/<input>` is seen as `<endpoint>`. */
function cameraOf(sourceId: SourceId): string {
  return sourceId.slice(sourceId.indexOf(':') + 1, sourceId.lastIndexOf('/'))
}

/** Down longest before down just now; else by id, so that rows stay where they are. */
function worse(a: SourceLine, b: SourceLine): number {
  const rank = (RANK.get(a.state) ?? 0) - (RANK.get(b.state) ?? 0)
  if (rank !== 0) return rank
  const since = (a.sinceMs ?? 0) - (b.sinceMs ?? 0)
  return since !== 0 ? since : a.id < b.id ? -1 : 1
}
