/** The map's layers, read once at start: plain GeoJSON files named in the configuration. A named file must be there, be GeoJSON, and have shapes that can be drawn. */
import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import { fileJson } from '../core/file-text.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { GridCellRow } from '../core/unit.ts'
import type { MapInfo } from '../core/wire.ts'
import { toWgs84 } from '../registry/datum.ts'
import { layerFaults } from './layer-faults.ts'

export interface MapFiles {
  readonly streets: string
  readonly buildings: string
  readonly water: string
  readonly parks: string
}

const EMPTY = { type: 'FeatureCollection', features: [] }

export type Layers = MapInfo['layers']

/** An empty name is an empty layer. CONFIG_INVALID names every file that cannot be read or is no GeoJSON, and every feature that is wrong. */
export async function loadLayers(files: MapFiles): Promise<Layers> {
  const faults: string[] = []
  const layer = async (file: string): Promise<unknown> => {
    if (file === '') return EMPTY
    try {
      const json = fileJson(await readFile(file)) as { readonly features?: unknown } | null
      if (!Array.isArray(json?.features)) faults.push(`${file}: wants a GeoJSON FeatureCollection`)
      else {
        const wrong = layerFaults(json.features)
        if (wrong.length === 0) return json
        faults.push(...wrong.map(each => `${file}: ${each}`))
      }
    } catch (error) {
      faults.push(`${file}: ${(error as Error).message}`)
    }
    return EMPTY
  }
  const [streets, buildings, water, parks] = await Promise.all([
    layer(files.streets),
    layer(files.buildings),
    layer(files.water),
    layer(files.parks)
  ])
  if (faults.length > 0)
    throw new GatewayError('CONFIG_INVALID', { count: faults.length, faults: faults.sort().join('\n') })
  return { streets, buildings, water, parks }
}

export function mapOf(
  { streets, buildings, water, parks }: Layers,
  gridCells: readonly GridCellRow[],
  center: GeoPoint | undefined
): MapInfo {
  const bounds = boundsOf([streets, buildings])
  const middle: GeoPoint = center
    ? toWgs84(center)
    : { lat: (bounds[1] + bounds[3]) / 2, lon: (bounds[0] + bounds[2]) / 2, datum: 'wgs84' }
  return {
    center: middle,
    bounds,
    layers: { streets, buildings, water, parks },
    gridCells,
    roadGraph: streets !== EMPTY
  }
}

/** What consoles are told of the map server: not its address. */
export function tilesOf({ url, ...tiles }: Config['registry']['tiles']): Pick<MapInfo, 'tiles'> {
  return url === '' ? {} : { tiles }
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
