/** What the lines of all terminals share. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { FleetWatch } from '../kit/fleet-watch.ts'
import type { HeldAnswers } from '../kit/held-answers.ts'
import type { ToldBits } from '../kit/told-bits.ts'
import type { Vehicles } from '../kit/vehicles.ts'
import type { Jt808Config } from './config.ts'
import type { Orders } from './orders.ts'
import type { Photos } from './photos.ts'
import type { Terminal } from './session.ts'

export interface TerminalContext {
  readonly host: AdapterHost
  readonly config: Jt808Config
  readonly vehicles: Vehicles
  readonly persons: ToldBits
  readonly accidents: ToldBits
  readonly photos: Photos
  readonly orders: Orders
  readonly answers: HeldAnswers
  readonly watch: FleetWatch
  /** The authenticated connection of each phone; a newer one ends the older. */
  readonly online: Map<string, Terminal>
}
