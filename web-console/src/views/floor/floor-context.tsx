/** What the parts of the floor share: the open incident, the chosen units, the open menu, and how to act. */
import { createContext, use } from 'react'
import type { Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { NearNow } from '../../../../gateway/core/near-now.ts'
import type { Similar } from '../../../../gateway/core/similar.ts'
import type { IncidentAction, SessionUser, UnitCandidate } from '../../../../gateway/core/wire.ts'
import type { Sound } from '../../sound/use-sound.ts'
import type { Queue } from '../../state/queue.ts'
import type { Hit } from '../map/search.ts'
import type { Actions } from './use-actions.ts'

/** Dialogs of their own over the floor. */
export type EvidenceMenu = 'export' | 'hold'
export type Menu =
  | 'nature'
  | 'priority'
  | 'category'
  | 'step'
  | 'skip'
  | 'similar'
  | 'shift'
  | 'followUp'
  | 'resolve'
  | 'returned'
  | 'handOver'
  | 'note'
  | 'message'
  | 'reopen'
  | 'recall'
  | 'byHand'
  | 'otherUnit'
  | 'party'
  | 'contact'
  | 'search'
  | 'keys'
  | 'windows'
  | EvidenceMenu
export type Tab = 'handle' | 'story' | 'map'

export interface Floor {
  readonly user: SessionUser
  readonly queue: Queue
  readonly touchedQueue: () => void
  readonly incident: Incident | undefined
  readonly select: (id: string | undefined) => void
  readonly candidates: readonly UnitCandidate[]
  /** Open incidents that may be of the same event. */
  readonly similar: readonly Similar[]
  /** The vehicle's newest place, to which they are ranked; absent: the place of the press. */
  readonly towards: Position | undefined
  readonly candidatesLoaded: boolean
  /** Unit ids that D sends. */
  readonly chosen: readonly string[]
  readonly choose: (unitId: string) => void
  /** One that is not listed: it is ranked and listed, too, from now on. */
  readonly chooseOther: (unitId: string) => void
  /** Who was chosen has been sent, but for those left; with nobody left, back to the best unit. */
  readonly chooseAnew: (left: readonly string[]) => void
  readonly actions: Actions
  /** Runs an action on the open incident and closes the menu when it was done. */
  readonly act: (action: IncidentAction) => Promise<boolean>
  readonly menu: Menu | undefined
  readonly openMenu: (menu: Menu | undefined) => void
  /** True for a moment after a menu of several levels was shut by what was done: a digit too many was meant for it. */
  readonly digitsRest: () => boolean
  /** What was done by a key that leaves nothing else to be seen, for some seconds. */
  readonly told: string | undefined
  readonly tell: (words: string, forMs?: number, late?: boolean) => void
  readonly tab: Tab
  readonly setTab: (tab: Tab) => void
  readonly follow: boolean
  readonly setFollow: (follow: boolean) => void
  /** Another number: the map shows all open incidents. */
  readonly framed: number
  readonly frameAll: () => void
  /** What was looked for, on the map. */
  readonly looked: Hit | undefined
  /** Undefined: the mark goes. Without a map beside, the map's own page shows it. */
  readonly show: (hit: Hit | undefined) => void
  readonly sound: Sound
  /** The nearest camera of the open incident is listened to. */
  readonly listening: boolean
  readonly setListening: (listening: boolean) => void
  /** Which of the live pictures is large, from 1. */
  readonly large: number | undefined
  readonly setLarge: (place: number | undefined) => void
  /** Cameras near where the vehicle is now, in place of those of the press. */
  readonly near: NearNow | undefined
  /** Shows them, those of a place further on, or those of the press again; true when that meant something. */
  readonly lookNear: () => boolean
  readonly connected: boolean
}

/** The map has a column of its own. */
export const WIDE = '(min-width: 1700px)'

export const FloorContext = createContext<Floor | undefined>(undefined)

/** Only below the floor view. */
export function useFloor(): Floor {
  const floor = use(FloorContext)
  if (!floor) throw new Error('useFloor outside of the floor')
  return floor
}
