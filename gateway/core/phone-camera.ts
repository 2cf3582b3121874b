/** The camera of a patrol's phone: named by its unit, there only while somebody of it sends; pure. */
import { type CameraId, id, type UnitId } from './brand.ts'

const SCHEME = 'phone://'

export function phoneCameraId(unitId: UnitId): CameraId {
  return id<CameraId>(`phone:${unitId}`)
}

/** Where the video plane waits for it. */
export function phoneCameraUrl(unitId: UnitId): string {
  return `${SCHEME}${phoneCameraId(unitId)}`
}

/** The camera of such an address; undefined for every other. */
export function phoneCameraOf(url: string): CameraId | undefined {
  return url.startsWith(SCHEME) ? id<CameraId>(url.slice(SCHEME.length)) : undefined
}
