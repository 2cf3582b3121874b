/** Cameras inside vehicles: named by the vehicle's source and its channel, known to nobody but the vehicle. */
import { type CameraId, id, type SourceId } from './brand.ts'

export interface VehicleCamera {
  readonly sourceId: SourceId
  readonly channel: number
}

const NAME = /^(jt808:[0-9a-f]{1,20})\/(\d{1,3})$/

export function vehicleCameraId({ sourceId, channel }: VehicleCamera): CameraId {
  return id<CameraId>(`${sourceId}/${channel}`)
}

export function vehicleCameraOf(cameraId: CameraId): VehicleCamera | undefined {
  const [, sourceId, channel] = NAME.exec(cameraId) ?? []
  return sourceId && channel ? { sourceId: id<SourceId>(sourceId), channel: Number(channel) } : undefined
}

export function isVehicleCamera(cameraId: CameraId): boolean {
  return NAME.test(cameraId)
}

/** Where the video plane waits for it: the SIM has twelve digits in JT/T 1078, the last of a longer number. */
export function vehicleCameraUrl({ sourceId, channel }: VehicleCamera): string {
  const phone = sourceId.slice(sourceId.indexOf(':') + 1)
  return `jt1078://${phone.slice(-12).padStart(12, '0')}/${channel}`
}
