/** A camera of an incident: near the place, or inside the vehicle that pressed. */
import type { CameraId } from './brand.ts'
import type { VehicleCamera } from './vehicle-camera.ts'

export interface IncidentCamera {
  readonly cameraId: CameraId
  readonly name: string
  readonly distanceM: number
  /** Inside the vehicle that pressed: no memory of before, recorded from its first picture. */
  readonly vehicle?: VehicleCamera
  /** Inside a vehicle: a leader has approved that its sound is taken in while the incident is open. */
  readonly heard?: true
}
