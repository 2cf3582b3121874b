/** A person's locator as a console sees it. */
import type { Fence } from './fence.ts'
import type { Position } from './geo.ts'

/** Where a bare place is in words. */
export interface NearPlace {
  /** The nearest that the registry knows, and how far away it is. */
  readonly address?: string
  readonly distanceM?: number
  readonly cell?: string
}

/** POST /api/incidents/:id/locate: where the person's locator is now; every answer is on record. */
export interface LocatorLook {
  /** False: nobody agreed, no place is kept. */
  readonly consent: boolean
  readonly consentBy?: string
  /** Absent: none came since the incident was opened. */
  readonly position?: Position
  readonly near?: NearPlace
  readonly fence?: string
  /** WGS-84, for the map. */
  readonly fenceShape?: Fence
  /** Metres outside the fence; 0 or less inside. */
  readonly outsideM?: number
}
