/** The whole simulated town as one thing that starts, can be pressed, says how it is, and stops. */
import type { Kind } from './control.ts'
import { officePart } from './office.ts'
import {
  boxesPart,
  camerasPart,
  type Part,
  type Pressed,
  panelsPart,
  storm,
  telephonesPart,
  type Ways
} from './parts.ts'
import { type Patrols, type PatrolWays, patrolsPart } from './patrols.ts'
import { pendantsPart } from './pendants.ts'
import { platformPart } from './platform.ts'
import type { Town } from './scenario.ts'
import { taxisPart } from './taxis.ts'
import { diallersPart, driversPart, sipPhonesPart } from './telephones.ts'
import { watchesPart } from './watches.ts'

export const PARTS = [
  ...(['cameras', 'telephones', 'boxes', 'panels', 'buttons', 'watches', 'taxis', 'patrols'] as const),
  ...(['sipPhones', 'diallers', 'drivers', 'pendants', 'platform', 'office'] as const)
] as const
export type PartName = (typeof PARTS)[number]

const PART_OF = {
  household: 'telephones',
  box: 'boxes',
  panel: 'panels',
  button: 'buttons',
  watch: 'watches',
  pendant: 'pendants',
  taxi: 'taxis',
  input: 'cameras',
  telephone: 'sipPhones',
  dialler: 'diallers',
  driver: 'drivers'
} as const

export interface RunningTown {
  stop(): Promise<void>
  press(kind: Kind, n: number): Promise<object>
  patrol(unit: string, manual: boolean): Promise<object>
  status(): { readonly parts: Record<string, { online: number; count: number }>; readonly patrols: Patrols['units'] }
}

/** Starts the named parts; rejects, with nothing left running, when one cannot listen. */
export async function startTown(
  town: Town,
  ways: Ways & PatrolWays,
  only: readonly PartName[] = PARTS
): Promise<RunningTown> {
  const make: Record<PartName, () => Part> = {
    cameras: () => camerasPart(town, ways),
    telephones: () => telephonesPart(town, ways),
    boxes: () => boxesPart('boxes', town, ways),
    panels: () => panelsPart(town, ways),
    buttons: () => boxesPart('buttons', town, ways),
    watches: () => watchesPart(town, ways),
    pendants: () => pendantsPart(town, ways),
    taxis: () => taxisPart(town, ways),
    patrols: () => patrolsPart(town, ways),
    platform: () => platformPart(town, ways),
    office: () => officePart(town, ways),
    sipPhones: () => sipPhonesPart(town, ways),
    diallers: () => diallersPart(town, ways),
    drivers: () => driversPart(town, ways)
  }
  const parts = new Map(only.map(name => [name, make[name]()]))
  const stop = async () => {
    await Promise.allSettled([...parts.values()].map(part => part.stop()))
  }
  try {
    for (const part of parts.values()) await part.start()
  } catch (error) {
    await stop()
    throw error
  }
  const patrols = () => parts.get('patrols') as Patrols | undefined
  return {
    stop,
    async press(kind, n) {
      if (kind === 'storm') return { kind, n, ...(await storm([...parts.values()], n)) }
      const part = parts.get(PART_OF[kind])
      if (!part?.press) throw new Error(`this town was started without ${PART_OF[kind]}`)
      const pressed: Pressed = await part.press(n)
      return { kind, n, ...pressed, acknowledgedAfterMs: Math.round(pressed.acknowledgedAfterMs) }
    },
    async patrol(unit, manual) {
      if (!patrols()) throw new Error('this town was started without patrols')
      await patrols()?.manual(unit, manual)
      return { unit, manual }
    },
    status: () => ({
      parts: Object.fromEntries([...parts].map(([name, { online, count }]) => [name, { online, count }])),
      patrols: patrols()?.units ?? []
    })
  }
}
