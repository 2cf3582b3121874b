/** Tiles of a map server, fetched for the consoles: its address and key stay here, and only what the setting names is ever asked. */
import { GatewayError } from '../core/errors.ts'

export interface Tile {
  readonly type: string
  readonly bytes: Buffer
}

/** NOT_FOUND for whatever is no picture or does not come: the map's own ground shows through. */
export type Tiles = (zoom: number, x: number, y: number) => Promise<Tile>

const TYPES = /^image\/(png|jpeg|webp)$/
const MAX_BYTES = 256 * 1024
const TIMEOUT_MS = 5_000
const MOST_KEPT = 200
const MOST_ASKED = 64

/** `url` with {z}, {x} and {y}; empty: there are none. */
export function createTiles(url: string): Tiles {
  const kept = new Map<string, Promise<Tile>>()
  let asked = 0
  const fetchTile = async (address: string): Promise<Tile> => {
    if (asked >= MOST_ASKED) throw new GatewayError('NOT_FOUND', { why: 'too many tiles at once' })
    asked += 1
    try {
      return await tileAt(address)
    } catch {
      // Never the system's text: it could repeat the address with its key.
      throw new GatewayError('NOT_FOUND', { why: 'the map server gave no tile' })
    } finally {
      asked -= 1
    }
  }
  return (zoom, x, y) => {
    const inWorld = x < 2 ** zoom && y < 2 ** zoom
    if (url === '' || !inWorld) return Promise.reject(new GatewayError('NOT_FOUND', { why: 'no such tile' }))
    const key = `${zoom}/${x}/${y}`
    const known = kept.get(key)
    if (known) return known
    const tile = fetchTile(url.replace('{z}', String(zoom)).replace('{x}', String(x)).replace('{y}', String(y)))
    kept.set(key, tile)
    tile.catch(() => kept.delete(key))
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    return tile
  }
}

async function tileAt(address: string): Promise<Tile> {
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? ''
  if (!response.ok || !TYPES.test(type)) {
    await response.body?.cancel().catch(() => undefined)
    throw new Error(`no picture: ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error('too large')
    chunks.push(chunk)
  }
  return { type, bytes: Buffer.concat(chunks) }
}
