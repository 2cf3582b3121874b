/** What the states of an incident and of its orders mean. Pure. */
import type { Assignment, AssignmentState, Incident, IncidentState } from './incident.ts'

const OPEN: readonly IncidentState[] = ['new', 'acknowledged', 'verifying', 'dispatched', 'enRoute', 'onScene']
const ACTIVE: readonly AssignmentState[] = ['offered', 'enRoute', 'arrived']

/** Trouble has a lane of its own: a household whose box has a flat battery still opens a new incident when it presses. */
export const laneOf = (incident: Pick<Incident, 'alarmClass'>): 'alarm' | 'trouble' =>
  incident.alarmClass === 'trouble' ? 'trouble' : 'alarm'

export const isOpen = (incident: Incident): boolean => OPEN.includes(incident.state)
export const isActive = (assignment: Assignment): boolean => ACTIVE.includes(assignment.state)

/** A unit has been there, and none is there or on its way any more. */
export const isLeft = (incident: Incident): boolean =>
  incident.onSceneAtMs !== undefined && !incident.assignments.some(isActive)

/** On scene by its state, but whoever was there has left: as the console's queue says it, by test. */
export const hasNobodyThere = ({ state, assignments }: Incident): boolean =>
  state === 'onScene' &&
  !assignments.some(each => each.state === 'arrived') &&
  assignments.some(each => each.arrivedAtMs !== undefined && each.endedAtMs !== undefined)

/** The unit said no, or nothing, or gave the order up: the next nearest is asked. */
export const hasRefused = (assignment: Assignment): boolean =>
  assignment.state === 'declined' || assignment.state === 'expired' || assignment.withdrew === true
