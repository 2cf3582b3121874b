/** Which open incidents open a private camera (rule 9), as one word that changes when that may have changed. */
import type { ConsoleState } from './model.ts'
import { isOpen } from './queue.ts'

/** Empty: no incident opens it. The gateway decides; this says when it is worth asking again. */
export function openedBy({ incidents, fleetAlarms }: ConsoleState, cameraId: string): string {
  const near = [...incidents.values()].filter(
    each => isOpen(each) && each.cameras.some(camera => camera.cameraId === cameraId)
  )
  return [...near.map(({ id, foundBy = '' }) => `${id}:${foundBy}`), ...fleetAlarms.keys()].join(' ')
}
