/**
 * What every console and phone is told of the site's map, made once for as long as the grid is the same: with thousands of cells it is megabytes,
 * and two hundred consoles that come back together must not each have it written out anew.
 */
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { GridCellRow } from '../core/unit.ts'
import type { MapInfo } from '../core/wire.ts'
import type { MapAnswer } from '../http/record-ports.ts'

const zip = promisify(gzip)
/** Cells written out before others get their turn. */
const SLICE = 200

export function createMapAnswer(map: MapInfo, cells: () => readonly GridCellRow[]): () => Promise<MapAnswer> {
  let made: { readonly of: readonly GridCellRow[]; readonly answer: Promise<MapAnswer> } | undefined
  return () => {
    const of = cells()
    if (made?.of !== of) {
      const answer = write(map, of)
      made = { of, answer }
      answer.catch(() => {
        if (made?.answer === answer) made = undefined
      })
    }
    return made.answer
  }
}

async function write(map: MapInfo, cells: readonly GridCellRow[]): Promise<MapAnswer> {
  const parts: string[] = []
  for (let at = 0; at < cells.length; at += SLICE) {
    parts.push(
      cells
        .slice(at, at + SLICE)
        .map(cell => JSON.stringify(cell))
        .join()
    )
    await turn()
  }
  const { gridCells: _, ...rest } = map
  const plain = Buffer.from(`{"gridCells":[${parts.join()}],${JSON.stringify(rest).slice(1)}`)
  const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  return { tag, plain, zipped: await zip(plain) }
}
