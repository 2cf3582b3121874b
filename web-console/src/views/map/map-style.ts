/** The town in the console's dark tones, from the site's own GeoJSON: no glyph server, and no tile server unless one is set (names are drawn with the shipped font). */
import type * as GeoJSON from 'geojson'
import type {
  ExpressionSpecification,
  LayerSpecification,
  RasterSourceSpecification,
  StyleSpecification
} from 'maplibre-gl'
import type { MapInfo } from '../../../../gateway/core/wire.ts'
import { TILE_PX } from './tiles/gcj.ts'
import { tileUrl } from './tiles/protocol.ts'

export const MAP_FONT = 'Noto Sans SC Variable'

/** Earth's circumference over MapLibre's 512 px world at zoom 0. */
const METRES_PER_PIXEL_Z0 = 40_075_016.686 / 512

/** A width in metres as pixels at every zoom. */
function metres(width: ExpressionSpecification, lat: number): ExpressionSpecification {
  const perMetre = (zoom: number) => 2 ** zoom / (METRES_PER_PIXEL_Z0 * Math.cos((lat * Math.PI) / 180))
  return ['interpolate', ['exponential', 2], ['zoom'], 10, ['*', width, perMetre(10)], 22, ['*', width, perMetre(22)]]
}

const STREET_WIDTH: ExpressionSpecification = ['coalesce', ['get', 'widthM'], ['get', 'width'], 12]
const NAME: ExpressionSpecification = ['coalesce', ['get', 'name'], '']
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** `routes` and `fence` are the sources that change; cameras, units and clusters lie on a canvas of their own above. */
export function styleOf(map: MapInfo): StyleSpecification {
  const layer = (name: keyof MapInfo['layers']) =>
    ({ type: 'geojson', data: map.layers[name] as GeoJSON.GeoJSON }) as const
  const width = metres(STREET_WIDTH, map.center.lat)
  return {
    version: 8,
    sources: {
      streets: layer('streets'),
      buildings: layer('buildings'),
      water: layer('water'),
      parks: layer('parks'),
      cells: { type: 'geojson', data: cellsOf(map) },
      routes: { type: 'geojson', data: EMPTY },
      fence: { type: 'geojson', data: EMPTY },
      ...(map.tiles ? { tiles: tileSource(map.tiles) } : {})
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#11171c' } },
      { id: 'parks', type: 'fill', source: 'parks', paint: { 'fill-color': '#11211a' } },
      { id: 'buildings', type: 'fill', source: 'buildings', paint: { 'fill-color': '#1c242b' } },
      { id: 'water', type: 'fill', source: 'water', paint: { 'fill-color': '#102a3d' } },
      {
        id: 'streets',
        type: 'line',
        source: 'streets',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-width': width, 'line-color': ['case', ['>=', STREET_WIDTH, 16], '#2c363f', '#222b33'] }
      },
      ...(map.tiles ? [TILE_LAYER] : []),
      ...([3, 2, 1] as const).map(cellLines),
      ...FENCE_LAYERS,
      {
        id: 'routes',
        type: 'line',
        source: 'routes',
        filter: ['==', ['get', 'by'], 'straight'],
        paint: { 'line-color': '#eaeef1', 'line-width': 2, 'line-dasharray': [2, 2] }
      },
      {
        id: 'ways',
        type: 'line',
        source: 'routes',
        filter: ['==', ['get', 'by'], 'road'],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': '#eaeef1', 'line-width': 2.5 }
      },
      {
        id: 'street-names',
        type: 'symbol',
        source: 'streets',
        layout: {
          'symbol-placement': 'line',
          'symbol-spacing': 320,
          'text-field': NAME,
          'text-font': [MAP_FONT],
          'text-size': 12,
          'text-letter-spacing': 0.12,
          'text-padding': 8
        },
        paint: { 'text-color': '#93a0ab', 'text-halo-color': '#222b33', 'text-halo-width': 1.6 }
      },
      {
        id: 'water-names',
        type: 'symbol',
        source: 'water',
        layout: { 'text-field': NAME, 'text-font': [MAP_FONT], 'text-size': 13, 'text-letter-spacing': 0.4 },
        paint: { 'text-color': '#5d8fb2' }
      },
      ...([3, 2, 1] as const).map(cellNames)
    ]
  }
}

/** A person's fence, dashed, and where he was when somebody looked. */
const FENCE_LAYERS: readonly LayerSpecification[] = [
  {
    ...{ id: 'fence-area', type: 'fill', source: 'fence', filter: ['==', ['geometry-type'], 'Polygon'] },
    paint: { 'fill-color': '#f0a830', 'fill-opacity': 0.08 }
  },
  {
    ...{ id: 'fence-line', type: 'line', source: 'fence', filter: ['==', ['geometry-type'], 'Polygon'] },
    paint: { 'line-color': '#f0a830', 'line-width': 2, 'line-dasharray': [3, 2] }
  },
  {
    ...{ id: 'fence-place', type: 'circle', source: 'fence', filter: ['==', ['geometry-type'], 'Point'] },
    paint: { 'circle-radius': 6, 'circle-color': '#eaeef1', 'circle-stroke-color': '#f0a830', 'circle-stroke-width': 3 }
  }
]

function tileSource(tiles: NonNullable<MapInfo['tiles']>): RasterSourceSpecification {
  const { minZoom: minzoom, maxZoom: maxzoom } = tiles
  return { type: 'raster', tiles: [tileUrl(tiles)], tileSize: TILE_PX, minzoom, maxzoom }
}

/** Map servers draw for the day: darkened and paled to the console's night, so that symbols stand out. */
const TILE_LAYER: LayerSpecification = {
  id: 'tiles',
  type: 'raster',
  source: 'tiles',
  paint: { 'raster-brightness-max': 0.5, 'raster-saturation': -0.6, 'raster-contrast': 0.1, 'raster-fade-duration': 0 }
}

/** From which zoom on, and how strong: the smaller, the later and the finer. */
const CELL_LOOKS = {
  1: { minzoom: 9, width: 2.2, colour: '#7d8c99', dash: [1], size: 14 },
  2: { minzoom: 11.5, width: 1.5, colour: '#667582', dash: [8, 3], size: 12 },
  3: { minzoom: 14, width: 0.9, colour: '#51606d', dash: [4, 4], size: 11 }
} as const

type CellLevel = keyof typeof CELL_LOOKS

function cellLines(level: CellLevel): LayerSpecification {
  const { minzoom, width, colour, dash } = CELL_LOOKS[level]
  return {
    id: `cells-${level}`,
    type: 'line',
    source: 'cells',
    minzoom,
    filter: ['==', ['get', 'level'], level],
    paint: { 'line-color': colour, 'line-width': width, 'line-dasharray': [...dash] }
  }
}

/** Names of a level make room for those of the one below, which say more. */
function cellNames(level: CellLevel): LayerSpecification {
  const { minzoom, size } = CELL_LOOKS[level]
  return {
    id: `cell-names-${level}`,
    type: 'symbol',
    source: 'cells',
    minzoom,
    ...(level === 3 ? {} : { maxzoom: CELL_LOOKS[level === 2 ? 3 : 2].minzoom + 1 }),
    filter: ['==', ['get', 'level'], level],
    layout: {
      'text-field': NAME,
      'text-font': [MAP_FONT],
      'text-size': size,
      'symbol-placement': 'point',
      'text-padding': 12
    },
    paint: {
      'text-color': level === 3 ? '#84909b' : '#aeb8c1',
      'text-halo-color': '#0d1114',
      'text-halo-width': 1.6
    }
  }
}

function cellsOf(map: MapInfo): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: map.gridCells.map(cell => ({
      type: 'Feature',
      properties: { name: cell.name, level: cell.level },
      geometry: { type: 'Polygon', coordinates: [cell.ring.map(([lon, lat]) => [lon, lat])] }
    }))
  }
}
