/** 处置 in a window of its own: the open incident with its actions, without queue and map. */
import { FloorWindow } from './floor-window.tsx'

export default function IncidentWindow() {
  return <FloorWindow shows="incident" />
}
