/** The own way to the order along the roads, as far as it still has to be gone: asked of the gateway every few seconds, shortened by each fix in between. */
import type { TFunction } from 'i18next'
import type { PatrolTask, PatrolWay } from '../../../../gateway/core/wire.ts'
import { usePolled } from '../../wire/use-polled.ts'
import { metresFrom } from './bearing.ts'
import type { Phone } from './context.ts'
import type { LatLon, Point } from './sketch-geometry.ts'

/** Whoever is further away from it has left it: it is drawn as it was told until the next answer. */
const OFF_WAY_M = 60
const ASK_MS = 5_000

/** Of the order on the screen; undefined without a network or before a place is known. */
export function useOwnWay(phone: Phone, { assignmentId }: PatrolTask): PatrolWay | undefined {
  const asked = phone.offline ? undefined : `/api/patrol/orders/${encodeURIComponent(assignmentId)}/way`
  const [way] = usePolled<PatrolWay>(asked, ASK_MS)
  const own = phone.fix.kind === 'fix' ? phone.fix.position : undefined
  if (!way || phone.offline) return undefined
  return own ? wayFrom(way, own) : way
}

/** What is left of it from here; the time shrinks with the distance. */
export function wayFrom(way: PatrolWay, own: LatLon): PatrolWay {
  const points = way.path.map(([lon, lat]) => metresFrom(own, { lat, lon }))
  const near = nearestOf(points)
  if (!near || near.awayM > OFF_WAY_M) return way
  const rest = [[own.lon, own.lat] as const, ...way.path.slice(near.next)]
  const wholeM = lengthOf(points)
  const share = wholeM > 0 ? Math.min(1, lengthOf([[0, 0], ...points.slice(near.next)]) / wholeM) : 1
  return { ...way, path: rest, distanceM: Math.round(way.distanceM * share), etaS: Math.round(way.etaS * share) }
}

/** How it was reckoned and where it leads. A phone that does not know where it is has the way from where it was last, and no direction. */
export function wayWords({ by }: Pick<PatrolWay, 'by'>, direction: string | undefined, t: TFunction): string {
  if (direction === undefined) return `${t(`patrol:wayBy.${by}`)} · ${t('patrol:noDirection')}`
  return t(`patrol:wayTo.${by}`, { direction })
}

interface Near {
  readonly awayM: number
  /** The first point that is still ahead. */
  readonly next: number
}

/** Of the origin to a line; the later piece where two are as near, so that a way is not gone twice. */
function nearestOf(points: readonly Point[]): Near | undefined {
  let best: Near | undefined
  for (let next = 1; next < points.length; next++) {
    const awayM = awayOf(points[next - 1] as Point, points[next] as Point)
    if (!best || awayM <= best.awayM) best = { awayM, next }
  }
  return best
}

function awayOf([ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length))
  return Math.hypot(ax + along * dx, ay + along * dy)
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, [x, y], n) => {
    const [px, py] = points[n - 1] ?? [x, y]
    return sum + Math.hypot(x - px, y - py)
  }, 0)
}
