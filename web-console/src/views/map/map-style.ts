/** The town in the console's dark tones, from the site's own GeoJSON: no tile server, no glyph server (names are drawn with the shipped font). */
import type * as GeoJSON from 'geojson'
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'
import type { MapInfo } from '../../../../gateway/core/wire.ts'

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

/** Sources that change: `sectors` and `cameras` (features with `state`, `open`), `routes`. */
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
      sectors: { type: 'geojson', data: EMPTY },
      cameras: { type: 'geojson', data: EMPTY },
      routes: { type: 'geojson', data: EMPTY }
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
      {
        id: 'cells',
        type: 'line',
        source: 'cells',
        paint: { 'line-color': '#51606d', 'line-width': 0.9, 'line-dasharray': [4, 4] }
      },
      { id: 'sectors', type: 'fill', source: 'sectors', paint: sectorPaint },
      {
        id: 'routes',
        type: 'line',
        source: 'routes',
        paint: { 'line-color': '#eaeef1', 'line-width': 2, 'line-dasharray': [2, 2] }
      },
      { id: 'cameras', type: 'circle', source: 'cameras', paint: cameraPaint },
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
      {
        id: 'cell-names',
        type: 'symbol',
        source: 'cells',
        minzoom: 14,
        layout: {
          'text-field': NAME,
          'text-font': [MAP_FONT],
          'text-size': 11,
          'symbol-placement': 'point',
          'text-padding': 12
        },
        paint: { 'text-color': '#84909b', 'text-halo-color': '#0d1114', 'text-halo-width': 1.6 }
      }
    ]
  }
}

const sectorPaint = {
  'fill-color': ['case', ['get', 'open'], '#ffffff', '#aeb8c1'] as ExpressionSpecification,
  'fill-opacity': ['case', ['get', 'open'], 0.28, 0.1] as ExpressionSpecification
}

const cameraPaint = {
  'circle-radius': ['case', ['get', 'open'], 4.4, 3.2] as ExpressionSpecification,
  'circle-color': ['case', ['get', 'open'], '#ffffff', '#0d1114'] as ExpressionSpecification,
  'circle-stroke-width': 1.6,
  'circle-stroke-color': [
    'match',
    ['get', 'health'],
    'live',
    '#aeb8c1',
    'idle',
    '#aeb8c1',
    'connecting',
    '#aeb8c1',
    '#f0a830'
  ] as ExpressionSpecification
}

function cellsOf(map: MapInfo): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: map.gridCells
      .filter(cell => cell.level === 3)
      .map(cell => ({
        type: 'Feature',
        properties: { name: cell.name },
        geometry: { type: 'Polygon', coordinates: [cell.ring.map(([lon, lat]) => [lon, lat])] }
      }))
  }
}
