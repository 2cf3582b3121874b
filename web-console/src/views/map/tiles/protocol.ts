/** The tiles of the setting `registry.tiles`, asked of the gateway; those on GCJ-02 are put together anew on our grid. */
import { addProtocol } from 'maplibre-gl'
import type { MapInfo } from '../../../../../gateway/core/wire.ts'
import { type Piece, piecesOf, TILE_PX } from './gcj.ts'

const SCHEME = 'gcj02'
/** Neighbours need the same of theirs: each is fetched once while they are drawn. */
const MOST_KEPT = 128

const pathOf = (zoom: number | string, x: number | string, y: number | string) => `/api/map/tiles/${zoom}/${x}/${y}`

/** What the map's style names as the source of tiles. */
export function tileUrl({ datum }: NonNullable<MapInfo['tiles']>): string {
  return datum === 'gcj02' ? `${SCHEME}://{z}/{x}/{y}` : location.origin + pathOf('{z}', '{x}', '{y}')
}

const kept = new Map<string, Promise<ImageBitmap>>()

function theirs(zoom: number, { x, y }: Piece): Promise<ImageBitmap> {
  const path = pathOf(zoom, x, y)
  const known = kept.get(path)
  if (known) return known
  const asked = fetch(path).then(async answer => {
    if (!answer.ok) throw new Error(`tile ${answer.status}`)
    return createImageBitmap(await answer.blob())
  })
  asked.catch(() => kept.delete(path))
  kept.set(path, asked)
  const [oldest] = kept.keys()
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  return asked
}

addProtocol(SCHEME, async ({ url }) => {
  const [zoom = 0, x = 0, y = 0] = url.slice(`${SCHEME}://`.length).split('/').map(Number)
  const pieces = piecesOf(zoom, x, y)
  const images = await Promise.all(pieces.map(piece => theirs(zoom, piece)))
  const canvas = new OffscreenCanvas(TILE_PX, TILE_PX)
  const context = canvas.getContext('2d')
  for (const [index, { left, top, width, height }] of pieces.entries()) {
    const image = images[index]
    if (image) context?.drawImage(image, left, top, width, height)
  }
  return { data: canvas.transferToImageBitmap() }
})
