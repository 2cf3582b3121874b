/** Which open incidents open a private camera (rule 9), as one word that changes when that may have changed, and whether it is worth asking for one. */
import type { ConsoleState } from './model.ts'
import { isOpen } from './queue.ts'

/** Empty: no incident opens it. The gateway decides; this says when it is worth asking again. */
export function openedBy({ incidents, fleetAlarms }: ConsoleState, cameraId: string): string {
  const near = [...incidents.values()].filter(
    each => isOpen(each) && each.cameras.some(camera => camera.cameraId === cameraId)
  )
  return [...near.map(({ id, foundBy = '' }) => `${id}:${foundBy}`), ...fleetAlarms.keys()].join(' ')
}

/** What one tile knows of its camera, from one asking to the next. */
export interface Door {
  /** False where a private camera is known to be closed: the refusal would stand in the audit log under who did nothing. */
  asks(reason: string | undefined): boolean
  /** True where something opens it that did not when it was last asked for. */
  opensAnew(opens: string): boolean
}

/** `unasked`: an incident shows the tile, nobody chose it; else the first look is somebody's own and is always asked for. */
export function createDoor(get: () => ConsoleState, cameraId: string, unasked: boolean): Door {
  let incidentsOnly = unasked
  let last = ''
  return {
    asks(reason) {
      const state = get()
      last = openedBy(state, cameraId)
      if (last !== '') incidentsOnly = true
      const isPrivate = state.cameras.get(cameraId)?.ownership === 'private'
      return !(isPrivate && incidentsOnly && last === '' && reason === undefined)
    },
    opensAnew(opens) {
      const before = last.split(' ')
      return opens.split(' ').some(each => each !== '' && !before.includes(each))
    }
  }
}
