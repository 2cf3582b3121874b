/** Keys that concern the windows of a seat: which act in the queue's own window, and I, which opens the others. */
import { useTranslation } from 'react-i18next'
import { keptOf } from '../../windows/layout.ts'
import { useWindows } from '../../windows/use-windows.ts'
import type { Floor } from './floor-context.tsx'
import type { Command } from './keys.ts'

/** Units are chosen and orders given where they can be seen: in the incident's window. */
export const QUEUE_COMMANDS: ReadonlySet<Command['name']> = new Set([
  ...(['acknowledgeFirst', 'take', 'release', 'up', 'down', 'open', 'escape'] as const),
  ...(['soundTest', 'toWall', 'search', 'shift', 'followUp', 'keys', 'openWindows', 'windows', 'digit'] as const)
])

export function useWindowWords(floor: Floor): {
  /** True when the command was I: what came of it is said. */
  readonly opening: (command: Command) => boolean
  /** Says where the key acts. */
  readonly elsewhere: (command: Command) => boolean
} {
  const { t } = useTranslation()
  const { layout, paths, showAll } = useWindows(floor.user)
  return {
    opening(command) {
      if (command.name !== 'openWindows') return false
      if (keptOf(layout, paths).length === 0) {
        floor.openMenu('windows')
        return true
      }
      const { opened, held } = showAll()
      floor.tell(
        held > 0
          ? t('floor:windows.held', { n: held })
          : t(opened > 0 ? 'floor:windows.opened' : 'floor:windows.allOpen', { n: opened })
      )
      return true
    },
    elsewhere(command) {
      if (!floor.incident || command.name === 'tab' || command.name === 'map' || command.name === 'wall') return false
      floor.tell(t('floor:windows.inIncident'))
      return true
    }
  }
}
