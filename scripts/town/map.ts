/** The map layers of the simulated town as GeoJSON: a routable street graph, houses, water, parks, grid cells. */
import { type Community, type LonLat, lonLatOf, type Plan, rectangle } from './plan.ts'

interface Feature {
  readonly type: 'Feature'
  readonly properties: Readonly<Record<string, string | number | boolean>>
  readonly geometry:
    | { readonly type: 'LineString'; readonly coordinates: LonLat[] }
    | { readonly type: 'Polygon'; readonly coordinates: LonLat[][] }
}

type Point = readonly [number, number]

/** One LineString for each piece of road between two crossings, so that every crossing is the end of all its pieces. */
export function streets(plan: Plan): Feature[] {
  const { roadsNorthSouth, roadsEastWest, river, size } = plan
  const xs = roadsNorthSouth.map(road => road.x)
  const ys = roadsEastWest.map(road => road.y)
  const line = (road: { name: string; width: number }, from: Point, to: Point, bridge: boolean): Feature => ({
    type: 'Feature',
    properties: { name: road.name, widthM: road.width, kind: kindOf(road.width), ...(bridge ? { bridge } : {}) },
    geometry: { type: 'LineString', coordinates: [lonLatOf(plan, ...from), lonLatOf(plan, ...to)] }
  })
  const alongY = roadsNorthSouth.flatMap(road =>
    pairs([0, ...ys, size[1]]).flatMap(([y0, y1]) => {
      const overRiver = y0 < river.yNorth && y1 > river.ySouth
      if (overRiver && !plan.bridgesAtX.includes(road.x)) return []
      return [line(road, [road.x, y0], [road.x, y1], overRiver)]
    })
  )
  const alongX = roadsEastWest.flatMap(road =>
    pairs([0, ...xs, size[0]]).map(([x0, x1]) => line(road, [x0, road.y], [x1, road.y], false))
  )
  return [...alongY, ...alongX]
}

function kindOf(widthM: number): 'avenue' | 'street' | 'lane' {
  return widthM >= 20 ? 'avenue' : widthM > 10 ? 'street' : 'lane'
}

function pairs(values: readonly number[]): [number, number][] {
  return values.slice(1).map((value, index) => [values[index] ?? 0, value])
}

export function buildings(plan: Plan): Feature[] {
  return plan.buildings.map(([x0, y0, x1, y1, heightM]) => polygon(plan, { heightM }, x0, y0, x1, y1))
}

export function water(plan: Plan): Feature[] {
  const { river, size } = plan
  return [polygon(plan, { name: river.name }, 0, river.yNorth, size[0], river.ySouth)]
}

export function parks(plan: Plan): Feature[] {
  return plan.parks.map((edges, index) => polygon(plan, { name: plan.parkNames[index] ?? '公园' }, ...edges))
}

/** The edges of column and row numbers: cells meet in the middle of roads and of the river, the outer ones reach the town's edge. */
export function blockEdges(plan: Plan): { readonly xs: readonly number[]; readonly ys: readonly number[] } {
  const inner = (values: readonly number[]) => values.slice(1, -1)
  const middle = (plan.river.yNorth + plan.river.ySouth) / 2
  const bank = plan.roadsEastWest.filter(road => road.y > middle)[0]?.y
  const ys = inner(plan.roadsEastWest.map(road => road.y))
    .filter(y => y !== bank)
    .map(y => (y > middle - 100 && y < middle ? middle : y))
  return {
    xs: [0, ...inner(plan.roadsNorthSouth.map(road => road.x)), plan.size[0]],
    ys: [0, ...ys, plan.size[1]]
  }
}

export interface Cell {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly level: 2 | 3
  readonly unitId: string
  readonly parent?: string
  readonly edges: readonly [number, number, number, number]
}

/** Communities (level 2) and in each its cells (level 3), the finest first as look-ups want them. */
export function cells(plan: Plan): Cell[] {
  const { xs, ys } = blockEdges(plan)
  const at = (list: readonly number[], index: number) => list[index] ?? 0
  const communities = plan.communities.map(
    ({ code, name, columns, rows, unitId }): Cell => ({
      id: `cell-${code}`,
      code,
      name,
      level: 2,
      unitId,
      edges: [at(xs, columns[0]), at(ys, rows[0]), at(xs, columns[1] + 1), at(ys, rows[1] + 1)]
    })
  )
  const blocks = plan.communities.flatMap(community =>
    orderOf(community).map(([column, row], index): Cell => {
      const code = `${community.code}-${String(index + 1).padStart(2, '0')}`
      return {
        id: `cell-${code}`,
        code,
        name: `${code} 网格`,
        level: 3,
        unitId: community.unitId,
        parent: `cell-${community.code}`,
        edges: [at(xs, column), at(ys, row), at(xs, column + 1), at(ys, row + 1)]
      }
    })
  )
  return [...blocks, ...communities]
}

function orderOf({ order, columns, rows }: Community): readonly (readonly [number, number])[] {
  if (order) return order
  const out: [number, number][] = []
  for (let row = rows[0]; row <= rows[1]; row++)
    for (let column = columns[0]; column <= columns[1]; column++) out.push([column, row])
  return out
}

export function cellFeatures(plan: Plan): Feature[] {
  return cells(plan).map(({ edges, parent, ...properties }) =>
    polygon(plan, { ...properties, ...(parent ? { parent } : {}) }, ...edges)
  )
}

function polygon(
  plan: Plan,
  properties: Feature['properties'],
  ...edges: readonly [number, number, number, number]
): Feature {
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [rectangle(plan, ...edges)] } }
}

/** A FeatureCollection with one feature a line: small changes stay small in the history. */
export function collection(features: readonly Feature[]): string {
  const lines = features.map(feature => JSON.stringify(feature)).join(',\n')
  return `{"type":"FeatureCollection","features":[\n${lines}\n]}\n`
}
