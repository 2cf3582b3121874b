/** Tiles on GCJ-02 under a map on WGS-84: which piece of which of their tiles belongs into one of ours. Pure. */
import gcoord from 'gcoord'

/** Pixels of a tile's side. */
export const TILE_PX = 256

/** One of their tiles and where it lies in ours; sizes in pixels, the same in both directions to a thousandth. */
export interface Piece {
  readonly x: number
  readonly y: number
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

type LonLat = readonly [lon: number, lat: number]

export function wgsToGcj([lon, lat]: LonLat): LonLat {
  return gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02)
}

/** Pixels of the whole world at a zoom, Web Mercator. */
export function pixelOf([lon, lat]: LonLat, zoom: number): readonly [x: number, y: number] {
  const world = TILE_PX * 2 ** zoom
  const sine = Math.sin((lat * Math.PI) / 180)
  return [((lon + 180) / 360) * world, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world]
}

function lonLatOf(x: number, y: number, zoom: number): LonLat {
  const world = TILE_PX * 2 ** zoom
  return [(x / world) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI]
}

/**
 * The pieces of tile x/y. Over one tile the difference of the two grids is a shift and a little stretch, so its two corners say where everything
 * between them lies (gcj.test: within half a pixel).
 */
export function piecesOf(zoom: number, x: number, y: number): readonly Piece[] {
  const theirs = (cornerX: number, cornerY: number) =>
    pixelOf(wgsToGcj(lonLatOf(cornerX * TILE_PX, cornerY * TILE_PX, zoom)), zoom)
  const [west, north] = theirs(x, y)
  const [east, south] = theirs(x + 1, y + 1)
  const [stretchX, stretchY] = [TILE_PX / (east - west), TILE_PX / (south - north)]
  const last = 2 ** zoom - 1
  const pieces: Piece[] = []
  for (let row = Math.floor(north / TILE_PX); row <= Math.min(last, Math.floor((south - 1e-6) / TILE_PX)); row++)
    for (
      let column = Math.floor(west / TILE_PX);
      column <= Math.min(last, Math.floor((east - 1e-6) / TILE_PX));
      column++
    )
      pieces.push({
        x: column,
        y: row,
        left: (column * TILE_PX - west) * stretchX,
        top: (row * TILE_PX - north) * stretchY,
        width: TILE_PX * stretchX,
        height: TILE_PX * stretchY
      })
  return pieces
}
