/** Electronic fences 电子围栏: how far outside a place is, and when somebody has left or come back; pure. */
import { distanceM, type GeoPoint, type Position } from './geo.ts'

/** A circle or a polygon, WGS-84 or GCJ-02 as each point says. */
export interface Fence {
  readonly name: string
  /** Only this far beyond the line somebody has left; a device's own uncertainty is added. */
  readonly hysteresisM?: number
  readonly circle?: { readonly center: GeoPoint; readonly radiusM: number }
  /** At least three corners, in order; closed by itself. */
  readonly polygon?: readonly GeoPoint[]
}

export const FENCE_HYSTERESIS_M = 30
/** A place less sure than this says nothing about a fence. */
const WORST_ACCURACY_M = 200
/** One wrong fix between two tall houses is nobody's walk. */
const FIXES_OUTSIDE = 2
const METRES_PER_DEGREE = 111_195

export interface FenceState {
  readonly outside: boolean
  /** Fixes in a row that were beyond the line and the margin. */
  readonly fixes: number
}

export const INSIDE: FenceState = { outside: false, fixes: 0 }

/** Metres outside the fence; 0 or less inside. The polygon is flattened around the point, exact to 0.1 % within 10 km. */
export function outsideM(fence: Fence, point: GeoPoint): number {
  if (fence.circle) return distanceM(fence.circle.center, point) - fence.circle.radiusM
  const corners = (fence.polygon ?? []).map(corner => flat(corner, point))
  if (corners.length < 3) return 0
  const edges = corners.map((a, n) => [a, corners[(n + 1) % corners.length] ?? a] as const)
  const toLine = Math.min(...edges.map(([a, b]) => toOrigin(a, b)))
  return edges.filter(([a, b]) => crosses(a, b)).length % 2 === 1 ? -toLine : toLine
}

/** The next state after a fix: out beyond line, margin and uncertainty twice in a row; back as soon as a fix is inside. */
export function afterFix(fence: Fence, state: FenceState, { point, accuracyM = 0 }: Position): FenceState {
  if (accuracyM > WORST_ACCURACY_M) return state
  const beyond = outsideM(fence, point)
  if (state.outside) return beyond <= 0 ? INSIDE : state
  if (beyond <= (fence.hysteresisM ?? FENCE_HYSTERESIS_M) + accuracyM) return INSIDE
  const fixes = state.fixes + 1
  return { outside: fixes >= FIXES_OUTSIDE, fixes }
}

type Flat = readonly [number, number]

/** Metres east and north of `origin`. */
function flat(point: GeoPoint, origin: GeoPoint): Flat {
  const shrink = Math.cos((origin.lat * Math.PI) / 180)
  return [(point.lon - origin.lon) * METRES_PER_DEGREE * shrink, (point.lat - origin.lat) * METRES_PER_DEGREE]
}

/** Distance of the origin to the segment from a to b. */
function toOrigin([ax, ay]: Flat, [bx, by]: Flat): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length))
  return Math.hypot(ax + along * dx, ay + along * dy)
}

/** Whether a ray east of the origin meets the segment. */
function crosses([ax, ay]: Flat, [bx, by]: Flat): boolean {
  if (ay > 0 === by > 0) return false
  return ax + (-ay / (by - ay)) * (bx - ax) > 0
}
