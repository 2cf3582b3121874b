/**
 * The grid that was taken in, in the store: its cells in parts, and a head that names the version whose parts are true. The head is written last,
 * in one commit with its audit entry: before it the old grid is whole, after it the new one.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { GatewayError } from '../../core/errors.ts'
import { GRID_LIMITS, type GridVersion } from '../../core/grid-wire.ts'
import type { AuditEntry, Store } from '../../core/store.ts'
import type { GridCellRow } from '../../core/unit.ts'
import { everyDocument } from '../records.ts'

export type GridHead = Omit<GridVersion, 'kept'>

export interface KeptGrid {
  /** Undefined: nothing was ever taken in, the file's is true. */
  head(): GridHead | undefined
  /** The newest first. */
  versions(): readonly GridVersion[]
  /** NOT_FOUND for a version that is gone. */
  cells(version: number): Promise<readonly GridCellRow[]>
  put(head: GridHead, cells: readonly GridCellRow[], audit: AuditEntry): Promise<void>
}

const HEAD = 'registry.grid'
const PARTS = 'registry.grid.cells'
const PART = 200
const PAGE = 20
const padded = (n: number) => String(n).padStart(6, '0')

/** Rejects when the store cannot be read. */
export async function openKeptGrid(store: Pick<Store, 'documents' | 'commit'>): Promise<KeptGrid> {
  let heads: readonly GridHead[] = await Array.fromAsync(everyDocument<GridHead>(store, HEAD), ([, head]) => head)
  const isKept = ({ version }: GridHead) => version > (heads.at(-1)?.version ?? 0) - GRID_LIMITS.versionsKept
  const commit = async (change: Parameters<Store['commit']>[0]): Promise<void> => {
    const result = await store.commit(change)
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
  }
  const partsOf = (version: number, fromKey = `${padded(version)}/`) =>
    store.documents({ kind: PARTS, fromKey, toKey: `${padded(version)}0`, limit: PAGE })
  /** Of a version that nothing names: left by a gateway that stopped, or too old. */
  const clear = async (version: number): Promise<void> => {
    for (let parts = await partsOf(version); parts.length > 0; parts = await partsOf(version))
      await commit({ documents: parts.map(({ key }) => ({ kind: PARTS, key, body: undefined })) })
  }
  return {
    head: () => heads.at(-1),
    versions: () => heads.map(head => ({ ...head, kept: isKept(head) })).reverse(),
    async cells(version) {
      const head = heads.find(each => each.version === version)
      if (!head || !isKept(head)) throw new GatewayError('NOT_FOUND', { version })
      const all: GridCellRow[] = []
      for (let fromKey: string | undefined; ; ) {
        const parts = await partsOf(version, fromKey)
        for (const { body } of parts) all.push(...(body as { readonly cells: readonly GridCellRow[] }).cells)
        const last = parts.at(-1)
        if (!last || parts.length < PAGE) return all
        fromKey = `${last.key}\0`
        await turn()
      }
    },
    async put(head, cells, audit) {
      await clear(head.version)
      for (let at = 0; at < cells.length; at += PART) {
        const body = { cells: cells.slice(at, at + PART) }
        await commit({ documents: [{ kind: PARTS, key: `${padded(head.version)}/${padded(at)}`, body }] })
      }
      await commit({ documents: [{ kind: HEAD, key: padded(head.version), body: head }], audit: [audit] })
      heads = [...heads, head]
      const tooOld = head.version - GRID_LIMITS.versionsKept
      if (tooOld > 0) await clear(tooOld)
    }
  }
}
