/** The administrator's desk of the grid: looked through, a file looked at, taken in as a whole or not at all, given out. */
import { setImmediate as turn } from 'node:timers/promises'
import { GatewayError } from '../../core/errors.ts'
import { createFinder, type Found, type PageQuery, searchText } from '../../core/find.ts'
import type { GeoPoint } from '../../core/geo.ts'
import type { GridLine, GridReport, GridState } from '../../core/grid-wire.ts'
import type { Clock } from '../../core/ports.ts'
import { createSerial } from '../../core/serial.ts'
import type { Store } from '../../core/store.ts'
import type { GridCellRow } from '../../core/unit.ts'
import { personOf } from '../../core/who.ts'
import type { SessionUser } from '../../core/wire.ts'
import type { Rows } from '../rows.ts'
import type { KeptGrid } from './kept.ts'
import { areaM2 } from './ring.ts'
import { lookApart } from './run.ts'

export interface GridDeskDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'commit'>
  readonly rows: Rows
  readonly kept: KeptGrid
  /** For what changes rows; nobody waits in it for a file. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Another grid is true from now on. */
  changed(): void
  readonly lookApart?: typeof lookApart
}

export interface GridImport {
  readonly datum: GeoPoint['datum']
  /** Its name, for the record. */
  readonly file: string
  /** What was true when the file was looked at; CONFLICT_RETRY when another was taken in since. */
  readonly version: number
  /** Overlaps and gaps are taken in too. */
  readonly accept: boolean
}

export interface GridDesk {
  state(): GridState
  page(query: PageQuery): Found<GridLine>
  preview(file: Buffer, datum: GeoPoint['datum']): Promise<GridReport>
  /** All of it, or nothing while something is wrong or a doubt was not accepted; then without `version`. */
  import(file: Buffer, how: GridImport, user: SessionUser): Promise<GridReport>
  /** GeoJSON in WGS-84 of what is true now, or of an earlier version; on record before it is answered. NOT_FOUND. */
  export(version: number | undefined, user: SessionUser): Promise<string>
}

/** Files that wait to be looked at, each of up to 40 MB in memory. */
const MOST_WAITING = 2
/** With the look itself (120 s at most) less than the console waits for an answer: nobody is left to guess whether his file is still in line. */
const TURN_MS = 45_000
/** Cells written out before others get their turn. */
const SLICE = 200

export function createGridDesk(deps: GridDeskDeps): GridDesk {
  const { clock, store, rows, kept, inTurn, changed } = deps
  const lookInLine = createLine(clock, deps.lookApart ?? lookApart)
  const find = createFinder<GridCellRow>(
    row => [row.id, row.name],
    () => row => (row.unitId === undefined ? '' : searchText([rows.unit(row.unitId)?.name]))
  )
  const now = () => kept.head()?.version ?? 0

  const unchanged = (version: number): void => {
    if (version !== now()) throw new GatewayError('CONFLICT_RETRY', { grid: now() })
  }

  const look = async (file: Buffer, datum: GeoPoint['datum']) => {
    const startedMs = clock.steady()
    const units = rows.data.units.map(({ id: unitId, name }) => ({ id: unitId, name }))
    const { report, cells } = await lookInLine(file, { datum, units })
    const codes = new Set<string>(cells.map(each => each.id))
    const before = rows.cells.all
    const keptCodes = before.filter(each => codes.has(each.id)).length
    const placed = [rows.data.subjects, rows.data.units, rows.data.cameras].flat()
    const said: GridReport = {
      ...report,
      ...{ added: codes.size - keptCodes, kept: keptCodes, removed: before.length - keptCodes },
      unplaced: placed.filter(({ gridCellId }) => gridCellId !== undefined && !codes.has(gridCellId)).length,
      tookMs: Math.round(clock.steady() - startedMs)
    }
    return { report: said, cells }
  }

  return {
    state: () => ({
      version: now(),
      versions: [
        ...kept.versions(),
        { version: 0, levels: levelsOf(now() === 0 ? rows.cells.all : []), kept: now() === 0 }
      ]
    }),
    page(query) {
      const counts = new Map<string, number>()
      for (const { parentId } of rows.cells.all)
        if (parentId !== undefined) counts.set(parentId, (counts.get(parentId) ?? 0) + 1)
      const { rows: shown, ...page } = find(rows.cells.all, query)
      return {
        ...page,
        rows: shown.map(({ id: code, name, level, parentId, unitId, ring }) => {
          const parent = parentId === undefined ? undefined : rows.cells.byId(parentId)
          return {
            ...{ code, name, level, areaM2: Math.round(areaM2(ring)), points: ring.length - 1 },
            parent: parent && { code: parent.id, name: parent.name },
            unit: unitId === undefined ? undefined : { id: unitId, name: rows.unit(unitId)?.name ?? unitId },
            children: counts.get(code) ?? 0
          }
        })
      }
    },
    preview: async (file, datum) => (await look(file, datum)).report,
    async import(file, { datum, file: name, version, accept }, user) {
      unchanged(version)
      const { report, cells } = await look(file, datum)
      if (report.wrongCount > 0 || (report.doubtCount > 0 && !accept)) return report
      return inTurn(async () => {
        // Another may have been taken in while this one was looked at.
        unchanged(version)
        const atMs = clock.now()
        const said = { file: name.slice(0, 120), datum, levels: report.levels, doubts: report.doubtCount }
        const head = { version: now() + 1, atMs, by: user.name, ...said }
        const { added, removed } = report
        const detail = { ...said, levels: report.levels.join(' '), version: head.version, added, removed }
        const audit = {
          atMs,
          who: personOf(user),
          action: 'grid.import',
          outcome: 'done',
          object: 'grid',
          detail
        } as const
        await kept.put(head, cells, audit)
        rows.cells.replace(cells)
        changed()
        return { ...report, version: head.version }
      })
    },
    async export(version, user) {
      const asked = version ?? now()
      const cells = asked === now() ? rows.cells.all : await kept.cells(asked)
      const entry = { atMs: clock.now(), who: personOf(user), action: 'grid.export', outcome: 'done' } as const
      await store.commit({ audit: [{ ...entry, object: 'grid', detail: { version: asked, cells: cells.length } }] })
      const lines: string[] = []
      for (const [n, cell] of cells.entries()) {
        lines.push(JSON.stringify(featureOf(cell)))
        if (n % SLICE === SLICE - 1) await turn()
      }
      return `{"type":"FeatureCollection","features":[\n${lines.join(',\n')}\n]}\n`
    }
  }
}

/** One file at a time: looking at one may take a gigabyte. */
function createLine(clock: Clock, look: typeof lookApart): typeof lookApart {
  const looks = createSerial()
  let asked = 0
  return async (...given) => {
    if (asked > MOST_WAITING) throw new GatewayError('GRID_LOOK_FAILED', { why: 'too many files wait' })
    asked += 1
    // Of a file that was given up nothing is kept until its turn.
    let file: typeof given | undefined = given
    const late = Promise.withResolvers<never>()
    const cancel = clock.after(TURN_MS, () => {
      file = undefined
      late.reject(new GatewayError('GRID_LOOK_FAILED', { why: 'files before it are still looked at' }))
    })
    const ours = looks.run('grid', () => {
      cancel()
      return file ? look(...file) : late.promise
    })
    try {
      return await Promise.race([ours, late.promise])
    } finally {
      cancel()
      asked -= 1
    }
  }
}

function levelsOf(cells: readonly GridCellRow[]): readonly [number, number, number] {
  const count = (level: number) => cells.filter(each => each.level === level).length
  return [count(1), count(2), count(3)]
}

/** As it is read again. */
function featureOf({ id: code, name, level, parentId, unitId, ring }: GridCellRow): object {
  return {
    type: 'Feature',
    properties: { code, name, level, parent: parentId, unitId },
    geometry: { type: 'Polygon', coordinates: [ring] }
  }
}
