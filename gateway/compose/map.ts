/** The map's layers, read once at start: plain GeoJSON files named in the configuration. */
import { readFile } from 'node:fs/promises'
import type { GeoPoint } from '../core/geo.ts'
import type { GridCellRow } from '../core/unit.ts'
import type { MapInfo } from '../core/wire.ts'

export interface MapFiles {
  readonly streets: string
  readonly buildings: string
  readonly water: string
  readonly parks: string
}

const EMPTY = { type: 'FeatureCollection', features: [] }

/** A file that is not there is an empty layer; one that cannot be parsed is an error. */
async function layer(file: string): Promise<unknown> {
  if (file === '') return EMPTY
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? EMPTY : JSON.parse(text)
}

export async function loadMap(
  files: MapFiles,
  gridCells: readonly GridCellRow[],
  center: GeoPoint | undefined
): Promise<MapInfo> {
  const [streets, buildings, water, parks] = await Promise.all(
    [files.streets, files.buildings, files.water, files.parks].map(layer)
  )
  const bounds = boundsOf([streets, buildings])
  const middle: GeoPoint = center ?? {
    lat: (bounds[1] + bounds[3]) / 2,
    lon: (bounds[0] + bounds[2]) / 2,
    datum: 'wgs84'
  }
  return {
    center: middle,
    bounds,
    layers: { streets, buildings, water, parks },
    gridCells,
    roadGraph: streets !== EMPTY
  }
}

function boundsOf(layers: readonly unknown[]): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90]
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return
    const [lon, lat] = value as unknown[]
    if (typeof lon === 'number' && typeof lat === 'number') {
      box[0] = Math.min(box[0], lon)
      box[1] = Math.min(box[1], lat)
      box[2] = Math.max(box[2], lon)
      box[3] = Math.max(box[3], lat)
    } else for (const each of value) visit(each)
  }
  for (const each of layers) {
    for (const feature of (each as { features?: { geometry?: { coordinates?: unknown } }[] }).features ?? [])
      visit(feature.geometry?.coordinates)
  }
  return box[0] > box[2] ? [73, 18, 135, 54] : box
}
