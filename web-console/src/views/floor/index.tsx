/** The watch floor: queue, open incident, map, actions. */
import { FloorWindow } from './floor-window.tsx'

export default function FloorView() {
  return <FloorWindow shows="all" />
}
