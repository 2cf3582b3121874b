/** 警情 in a window of its own: the queue over the whole width; what is chosen here is open in the seat's other windows. */
import { FloorWindow } from './floor-window.tsx'

export default function QueueWindow() {
  return <FloorWindow shows="queue" />
}
