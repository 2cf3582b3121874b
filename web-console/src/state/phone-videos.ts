/** Pictures of patrols' phones among those of cameras: which belong to an incident, and what a picture is called. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { PhoneVideo } from '../../../gateway/core/phone-video.ts'
import type { ConsoleState } from './model.ts'

/** Asked for or sent for this incident, in the order in which they came. */
export function videosOf(videos: readonly PhoneVideo[], incidentId: string): readonly PhoneVideo[] {
  return videos.filter(video => video.incident?.id === incidentId)
}

/** Sent for this incident now. */
export function liveOf(videos: readonly PhoneVideo[], incidentId: string): readonly PhoneVideo[] {
  return videosOf(videos, incidentId).filter(video => video.state === 'live')
}

export interface LivePicture {
  readonly cameraId: string
  readonly vehicle: boolean
}

/** Live pictures of fixed cameras beside the recorded one. */
export const LIVE_TILES = 2

/** The live pictures of an incident in the order of their keys: the nearest cameras, then its patrols' phones. */
export function livePictures(
  incident: Pick<Incident, 'id' | 'cameras'>,
  videos: readonly PhoneVideo[]
): readonly LivePicture[] {
  const cameras = incident.cameras.slice(0, LIVE_TILES)
  const phones = liveOf(videos, incident.id)
  return [
    ...cameras.map(({ cameraId, vehicle }) => ({ cameraId, vehicle: vehicle !== undefined })),
    ...phones.map(({ cameraId }) => ({ cameraId, vehicle: false }))
  ]
}

/** Of a camera its name, of a phone its unit's; a camera inside a vehicle is named by the incident alone that it is shown for. */
export function pictureName({ cameras, phoneVideos, incidents }: ConsoleState, cameraId: string): string | undefined {
  const known = cameras.get(cameraId)?.name ?? phoneVideos.find(video => video.cameraId === cameraId)?.unitName
  if (known !== undefined) return known
  for (const incident of incidents.values()) {
    const inside = incident.cameras.find(camera => camera.cameraId === cameraId)
    if (inside) return inside.name
  }
  return undefined
}
