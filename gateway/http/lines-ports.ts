/** The room behind /api/lines. */
import type { AlarmLines } from '../core/lines-wire.ts'

export interface LineRooms {
  lines(): Promise<AlarmLines>
}
