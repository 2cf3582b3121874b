/** Tells the floor when a camera's state changes; its figures come every second and are no news. */
import type { CameraId } from '../core/brand.ts'
import type { Media } from '../core/media.ts'
import type { CameraRow } from '../core/unit.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { Cameras } from './cameras.ts'

export interface CameraWatchDeps {
  readonly media: Pick<Media, 'onHealth'>
  readonly hub: Pick<Hub, 'broadcast'>
  readonly cameras: Pick<Cameras, 'view'>
  camera(cameraId: CameraId): CameraRow | undefined
}

/** Runs until the returned function is called. */
export function watchCameras({ media, hub, cameras, camera }: CameraWatchDeps): () => void {
  const states = new Map<string, string>()
  return media.onHealth(health => {
    const row = camera(health.cameraId)
    if (!row || states.get(row.id) === health.state) return
    states.set(row.id, health.state)
    hub.broadcast(FLOOR, { type: 'cameras', cameras: [cameras.view(row, health)] })
  })
}
