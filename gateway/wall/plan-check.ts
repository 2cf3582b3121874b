/** Whether a plan of the video patrol can be kept: what the schema cannot know. */
import { GatewayError } from '../core/errors.ts'
import type { Draft, Maker, PatrolPlan } from '../core/wall.ts'
import { shiftMinutes } from './slots.ts'

export interface PlanWorld {
  /** Undefined: no such camera. */
  ownershipOf(cameraId: string): 'public' | 'private' | undefined
  /** Operators and leaders who can log in. */
  people(): readonly Maker[]
}

/** BODY_INVALID naming what is wrong: cameras that are not there or private (rule 9: a routine is no reason), people who cannot log in. */
export function checkPlan(draft: Draft<PatrolPlan>, world: PlanWorld): void {
  const wrong = (field: string, why: string) => new GatewayError('BODY_INVALID', { field, why })
  if (new Set(draft.cameras).size !== draft.cameras.length) throw wrong('cameras', 'a camera stands there twice')
  for (const cameraId of draft.cameras) {
    const ownership = world.ownershipOf(cameraId)
    if (ownership === undefined) throw wrong('cameras', `there is no camera ${cameraId.slice(0, 80)}`)
    if (ownership === 'private') throw wrong('cameras', `${cameraId} is private: it opens near an incident only`)
  }
  const known = new Set(world.people().map(person => person.login))
  for (const person of draft.shifts.flatMap(shift => shift.persons))
    if (!known.has(person)) throw wrong('persons', `${person.slice(0, 20)} is no operator or leader here`)
  const minutes = draft.shifts.reduce((sum, shift) => sum + shiftMinutes(shift), 0)
  if (minutes > 1_440) throw wrong('shifts', `${minutes} min in all; a day has 1,440`)
  if (new Set(draft.shifts.map(shift => shift.fromMin)).size !== draft.shifts.length)
    throw wrong('shifts', 'two shifts begin at the same time')
}
