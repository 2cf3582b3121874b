/** Patrol routes 巡逻路线: where a unit walks at which hours, its check points, and which of them were passed; what travels of them. */
import type { GridCellId, UnitId } from './brand.ts'
import type { GeoPoint } from './geo.ts'
import type { WeekSpan } from './schedule.ts'
import type { RecordVersion } from './subject-record.ts'

export interface CheckPoint {
  readonly id: string
  readonly name: string
  readonly position: GeoPoint
  /** Passed when the unit was as near as this. */
  readonly radiusM: number
}

export interface PatrolRoute {
  readonly id: string
  readonly name: string
  readonly gridCellId?: GridCellId
  /** Each of them walks it by itself. */
  readonly unitIds: readonly UnitId[]
  readonly spans: readonly WeekSpan[]
  readonly points: readonly CheckPoint[]
}

export interface RouteDraft {
  readonly id?: string
  readonly name: string
  readonly gridCellId?: string
  readonly unitIds: readonly string[]
  readonly rota: readonly WeekSpan[]
  readonly points: readonly {
    readonly id?: string
    readonly name: string
    readonly lat: number
    readonly lon: number
    readonly radiusM: number
  }[]
}

export interface RouteLine {
  readonly id: string
  readonly name: string
  readonly cell?: string
  readonly units: readonly string[]
  readonly points: number
  readonly spans: readonly WeekSpan[]
  readonly version: number
}

export interface RouteDetail {
  readonly draft: RouteDraft & { readonly id: string }
  readonly version: number
  readonly history: readonly RecordVersion[]
}

export interface RouteChoices {
  readonly units: readonly { readonly id: string; readonly name: string }[]
  readonly gridCells: readonly { readonly id: string; readonly name: string }[]
}

export interface RoundPoint extends CheckPoint {
  readonly passedAtMs?: number
  readonly by?: 'position' | 'hand'
}

/** One unit on one route in one of its spans; UTC ms. */
export interface Round {
  readonly routeId: string
  readonly name: string
  readonly unitId: UnitId
  readonly unitName: string
  readonly fromMs: number
  readonly toMs: number
  readonly points: readonly RoundPoint[]
}

export const ROUTE_LIMITS = { routes: 5_000, points: 40, spans: 20, units: 20, radiusM: [20, 300] } as const
