/** What the settings' tab shows, in its order: the gateway's own lists, which a test compares. */
import type { Situation } from '../../../../../gateway/core/class-rule.ts'
import type { Service } from '../../../../../gateway/core/hand-over.ts'
import type { Nature } from '../../../../../gateway/core/incident.ts'
import type { Priority } from '../../../../../gateway/core/priority.ts'
import type { SingleKey, TimerKey } from '../../../../../gateway/core/run-settings.ts'
import type { UnitClass } from '../../../../../gateway/core/unit.ts'

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5]
export const TIMERS: readonly TimerKey[] = [
  ...(['acknowledgeTargetMs', 'escalateAllMs', 'escalateLeaderMs', 'autoOfferMs', 'dispatchTargetMs'] as const),
  ...(['acceptMs', 'noMovementMs', 'welfareCheckMs', 'ringAgainMs', 'idleLeaderMs'] as const)
]
/** Times of no priority, by what they are about. */
export const SINGLES: readonly { readonly about: string; readonly keys: readonly SingleKey[] }[] = [
  {
    about: 'incident',
    keys: ['ownerLostMs', 'autoCloseMs', 'handOverTimeoutMs', 'othersAfterMs', 'unverifiedAfterMs']
  },
  { about: 'contacts', keys: ['contactsAfterMs', 'contactsRingMs', 'contactsAgainAfterMs'] },
  { about: 'prefer', keys: ['ownLaterMs', 'urgentOwnLaterMs', 'neighbourLaterMs', 'skillLaterMs', 'perOrderMs'] },
  { about: 'sinks', keys: ['sinkRetryMs', 'sinkRetryMaxMs', 'sinkGiveUpMs'] }
]
/** Of these 0 is a time: at once, or nothing is given away; of all others it switches off. */
export const ZERO_IS_TIME: ReadonlySet<string> = new Set<SingleKey>([
  ...(['othersAfterMs', 'unverifiedAfterMs', 'contactsAfterMs'] as const),
  ...(['ownLaterMs', 'urgentOwnLaterMs', 'neighbourLaterMs', 'skillLaterMs', 'perOrderMs'] as const)
])

export const CLASSES: readonly UnitClass[] = ['police', 'auxiliary', 'patrol', 'volunteer', 'informant']
export const URGENCIES = ['p1', 'p2', 'p3', 'p4'] as const
export const SITUATIONS: readonly Situation[] = [
  ...(['medical', 'violence', 'intrusion', 'fire', 'lostOrFallen', 'traffic', 'dispute', 'equipment'] as const),
  ...(['other', 'unknown'] as const)
]
export const NATURES: readonly Nature[] = SITUATIONS.filter(each => each !== 'unknown')
export const SERVICES: readonly Service[] = ['110', '119', '120', '12345']
/** As the gateway has it: cleaners and volunteers are never sent into these by the system. */
export const DANGERS = new Set<Situation>(['violence', 'intrusion', 'fire', 'traffic', 'dispute', 'unknown'])
export const LAY = new Set<UnitClass>(['volunteer', 'informant'])
