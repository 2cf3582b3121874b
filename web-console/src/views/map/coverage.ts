/** Which cameras see a place: those that stand near it and look its way, nearest first. Pure; walls are not known, so it says "may". */
import type { CameraView } from '../../../../gateway/core/wire.ts'

export interface Covering {
  readonly camera: CameraView
  readonly distanceM: number
  /** `looks`: its field of view has the place in it; `unknown`: nobody has entered which way it looks. */
  readonly way: 'looks' | 'unknown'
}

/** People are recognised as people so far away, metres; an infrared lamp reaches no farther. */
export const REACH_M = 120
/** At its own feet every camera sees something. */
const FEET_M = 4
const M_PER_DEGREE = 111_195
const RAD = Math.PI / 180

export function coverageOf(
  place: { readonly lat: number; readonly lon: number },
  cameras: Iterable<CameraView>
): readonly Covering[] {
  const scale = Math.cos(place.lat * RAD) * M_PER_DEGREE
  const found: Covering[] = []
  for (const camera of cameras) {
    const { lat, lon } = camera.position
    const north = (place.lat - lat) * M_PER_DEGREE
    // Cheap first: a city has 50,000.
    if (Math.abs(north) > REACH_M) continue
    const east = (place.lon - lon) * scale
    const distanceM = Math.hypot(east, north)
    if (distanceM > REACH_M) continue
    const way = wayOf(camera, Math.atan2(east, north) / RAD, distanceM)
    if (way) found.push({ camera, distanceM, way })
  }
  const rank = ({ way, distanceM }: Covering) => (way === 'looks' ? 0 : REACH_M) + distanceM
  return found.sort((a, b) => rank(a) - rank(b))
}

function wayOf({ yawDeg, fovDeg }: CameraView, bearingDeg: number, distanceM: number): Covering['way'] | undefined {
  if (yawDeg === undefined || fovDeg === undefined) return 'unknown'
  if (distanceM < FEET_M) return 'looks'
  const off = Math.abs(((bearingDeg - yawDeg + 540) % 360) - 180)
  return off <= fovDeg / 2 ? 'looks' : undefined
}
