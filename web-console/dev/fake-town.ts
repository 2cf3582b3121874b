/** The invented town for the fake server: the map of config/grid, cameras placed in metres from its north-west corner. */
import { readFileSync } from 'node:fs'
import { id } from '../../gateway/core/brand.ts'
import type { GeoPoint } from '../../gateway/core/geo.ts'
import type { CameraView, MapInfo } from '../../gateway/core/wire.ts'

const ORIGIN = { lat: 27.0366, lon: 119.6088 }
const M_PER_LAT = 111_000
const M_PER_LON = M_PER_LAT * Math.cos((ORIGIN.lat * Math.PI) / 180)

/** Metres east and south of the north-west corner. */
export function place(x: number, y: number): GeoPoint {
  return { lat: ORIGIN.lat - y / M_PER_LAT, lon: ORIGIN.lon + x / M_PER_LON, datum: 'wgs84' }
}

function grid(name: string): {
  readonly features: readonly {
    readonly properties: Record<string, unknown>
    readonly geometry: { readonly coordinates: unknown }
  }[]
} {
  return JSON.parse(readFileSync(new URL(`../../config/grid/${name}.geojson`, import.meta.url), 'utf8'))
}

export function townMap(): MapInfo {
  return {
    center: place(470, 520),
    bounds: [place(0, 0).lon, place(0, 1_200).lat, place(1_600, 0).lon, place(0, 0).lat],
    layers: { streets: grid('streets'), buildings: grid('buildings'), water: grid('water'), parks: grid('parks') },
    gridCells: grid('cells').features.map(({ properties, geometry }) => ({
      id: id(String(properties.id)),
      name: String(properties.name),
      level: properties.level as 1 | 2 | 3,
      ring: (geometry.coordinates as [number, number][][])[0] ?? []
    })),
    roadGraph: true
  }
}

const CAMERAS = [
  ['人民路口东南', 487, 362, -120],
  ['人民路口北', 457, 398, 52],
  ['青石大街 书院巷', 640, 392, 84],
  ['人民桥北头', 470, 700, 10],
  ['滨河路 公园段', 838, 672, -80],
  ['文昌街 解放路', 250, 222, 75],
  ['杏花巷东口', 462, 526, -95],
  ['杏花巷西口', 278, 516, 90],
  ['建设路 青石大街', 1030, 368, 200],
  ['工业路北口', 1236, 90, 180],
  ['粮库北墙', 1180, 460, 120],
  ['学府路西', 300, 952, 70],
  ['车站广场', 1440, 640, 250],
  ['南滨路 人民路', 482, 812, 20],
  ['公园东门', 826, 560, 260],
  ['北环路 人民路', 478, 82, 160],
  ['惠民超市', 1048, 470, 90],
  ['文昌街 建设路', 1034, 222, 15]
] as const

export function townCameras(): CameraView[] {
  return CAMERAS.map(([name, x, y, yawDeg], index) => ({
    id: id<CameraView['id']>(`cam-${String(index + 1).padStart(2, '0')}`),
    name,
    position: place(x, y),
    yawDeg: (yawDeg + 360) % 360,
    fovDeg: 78,
    infrared: index % 3 === 0,
    ownership: index === 16 || index === 7 ? 'private' : 'public',
    health: index === 9 ? 'stale' : index === 11 ? 'offline' : 'live'
  }))
}
