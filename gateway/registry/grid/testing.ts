/** A made grid of three levels for tests and benches: squares in squares, each boundary with as many points as asked for. */
import type { GridRing } from '../../core/grid-wire.ts'

export interface MadeCell {
  readonly code: string
  readonly level: number
  readonly parent?: string
  readonly ring: GridRing
}

const ORIGIN = [119.6, 27.03] as const
const round = (value: number) => Math.round(value * 1e7) / 1e7

/** A rectangle; `bends` more points on each side. */
export function box(west: number, south: number, east: number, north: number, bends = 0): GridRing {
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north]
  ] as const
  const ring = corners.flatMap((a, n) => {
    const b = corners[(n + 1) % 4] as readonly [number, number]
    return Array.from({ length: bends + 1 }, (_, step) => {
      const share = step / (bends + 1)
      return [round(ORIGIN[0] + a[0] + (b[0] - a[0]) * share), round(ORIGIN[1] + a[1] + (b[1] - a[1]) * share)] as const
    })
  })
  return [...ring, ring[0] as readonly [number, number]]
}

/** `across` × `across` cells of level 1 of 0.01°, each with `inner` × `inner` of level 2, each of those with as many of level 3. */
export function madeGrid(across: number, inner: number, bends = 0): readonly MadeCell[] {
  const cells: MadeCell[] = []
  const fill = (level: number, west: number, south: number, size: number, code: string, parent?: string) => {
    cells.push({ code, level, ...(parent ? { parent } : {}), ring: box(west, south, west + size, south + size, bends) })
    if (level === 3) return
    const part = size / inner
    for (let n = 0; n < inner * inner; n += 1)
      fill(level + 1, west + (n % inner) * part, south + Math.floor(n / inner) * part, part, `${code}-${n + 1}`, code)
  }
  for (let n = 0; n < across * across; n += 1)
    fill(1, (n % across) * 0.01, Math.floor(n / across) * 0.01, 0.01, `g${n + 1}`)
  return cells
}

export function geoJson(cells: readonly (MadeCell & { readonly unit?: string })[]): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    features: cells.map(({ code, level, parent, ring, unit }) => ({
      type: 'Feature',
      properties: { code, name: `${code} 网格`, level, parent, unit },
      geometry: { type: 'Polygon', coordinates: [ring] }
    }))
  })
}
