/** How much is drawn at once: in every view and zoom no more than 3,000 symbols, and of many no more than a person can read. */
import type { GatherOptions } from './gather.ts'

type Limits = Pick<GatherOptions, 'mostSingles' | 'mostSquares'>

export const CAMERA_LIMITS: Limits = { mostSingles: 400, mostSquares: 1_000 }
export const UNIT_LIMITS: Limits = { mostSingles: 300, mostSquares: 1_000 }
export const INCIDENT_LIMITS: Limits = { mostSingles: 100, mostSquares: 300 }
/** Incidents with a pin of their own, which the keyboard reaches: the chosen one, then by priority and age. */
export const MOST_PINS = 40
/** So many units with an order are never in a cluster. */
export const MOST_ALONE = 150
/** With more than so many units in view only those with an order have their names written. */
export const MOST_NAMES = 80
