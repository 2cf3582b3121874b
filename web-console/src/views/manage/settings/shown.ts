/** What the settings' tab shows, in its order: the gateway's own lists, which a test compares. */
import type { Situation } from '../../../../../gateway/core/class-rule.ts'
import type { Priority } from '../../../../../gateway/core/priority.ts'
import type { SingleKey, TimerKey } from '../../../../../gateway/core/run-settings.ts'
import type { UnitClass } from '../../../../../gateway/core/unit.ts'

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5]
export const TIMERS: readonly TimerKey[] = [
  ...(['acknowledgeTargetMs', 'escalateAllMs', 'escalateLeaderMs', 'autoOfferMs', 'dispatchTargetMs'] as const),
  ...(['acceptMs', 'noMovementMs', 'welfareCheckMs', 'ringAgainMs'] as const)
]
export const SINGLES: readonly SingleKey[] = [
  ...(['ownerLostMs', 'autoCloseMs', 'handOverTimeoutMs', 'othersAfterMs', 'unverifiedAfterMs'] as const)
]

export const CLASSES: readonly UnitClass[] = ['police', 'auxiliary', 'patrol', 'volunteer', 'informant']
export const URGENCIES = ['p1', 'p2', 'p3', 'p4'] as const
export const SITUATIONS: readonly Situation[] = [
  ...(['medical', 'violence', 'intrusion', 'fire', 'lostOrFallen', 'traffic', 'dispute', 'equipment'] as const),
  ...(['other', 'unknown'] as const)
]
/** As the gateway has it: cleaners and volunteers are never sent into these by the system. */
export const DANGERS = new Set<Situation>(['violence', 'intrusion', 'fire', 'traffic', 'dispute', 'unknown'])
export const LAY = new Set<UnitClass>(['volunteer', 'informant'])
