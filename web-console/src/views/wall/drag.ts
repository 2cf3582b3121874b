/** What is dragged onto a tile: a camera from the list, or the picture of another tile. */

export interface Dragged {
  readonly cameraId: string
  /** The tile it comes from; absent: from the list. */
  readonly slot?: number
}

const TYPE = 'application/x-pingan-camera'

export function setDragged(data: DataTransfer, dragged: Dragged): void {
  data.setData(TYPE, JSON.stringify(dragged))
  data.effectAllowed = 'move'
}

/** Undefined for anything that is not ours. While it hovers only its type can be read: `dropped` says that it was let go. */
export function cameraDragged(data: DataTransfer, dropped = false): Dragged | undefined {
  if (!data.types.includes(TYPE)) return undefined
  if (!dropped) return { cameraId: '' }
  try {
    const { cameraId, slot } = JSON.parse(data.getData(TYPE)) as Record<string, unknown>
    if (typeof cameraId !== 'string') return undefined
    return { cameraId, ...(typeof slot === 'number' ? { slot } : {}) }
  } catch {
    return undefined
  }
}
