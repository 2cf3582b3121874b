/** What became of a step whose answer was lost, late or unreadable: the incident is read again until it shows. */
import type { TimelineKind } from '../../../gateway/core/incident.ts'
import type { IncidentDetail } from '../../../gateway/core/wire.ts'
import { Refusal } from '../wire/api.ts'
import type { ActionName } from './rights.ts'

/** The line that each step leaves in the history; one without a line cannot be found out. */
const LINES: Readonly<Record<ActionName, readonly TimelineKind[]>> = {
  acknowledge: ['acknowledged'],
  take: ['taken'],
  release: ['released'],
  verify: ['verifying', 'natureSet'],
  categorize: ['categorized'],
  setPriority: ['prioritySet'],
  markDuress: ['duressMarked'],
  annotate: ['annotated'],
  callNeighbours: ['calloutStarted'],
  endCallNeighbours: ['calloutEnded'],
  addParty: ['partyAsked'],
  dropParty: ['partyLeft'],
  dispatch: ['offered'],
  recall: ['recalled'],
  handOver110: ['handedOver'],
  answerHandOver: ['handOverAccepted', 'handOverRefused'],
  sop: ['sopDone', 'sopSkipped'],
  link: ['linked'],
  merge: ['merged'],
  resolve: ['resolved'],
  feedback: ['feedbackGiven'],
  returnFeedback: ['feedbackReturned'],
  reopen: ['reopened'],
  close: ['closed'],
  message: ['messageSent'],
  readMessages: []
}

/** What was asked for, and the version of the incident that this seat knew then. */
export interface Asked {
  readonly action: ActionName
  readonly version: number
  readonly userId: string
}

/** True when the history shows it, by this person, after the version that was known; whoever has the incident has acknowledged it. */
export function isDone({ action, version, userId }: Asked, { incident, timeline }: IncidentDetail): boolean {
  if ((action === 'acknowledge' || action === 'take') && incident.owner?.userId === userId) return true
  return timeline.some(
    ({ index, actor, kind }) =>
      index > version && actor.kind === 'user' && actor.userId === userId && LINES[action].includes(kind)
  )
}

/** Between two looks. */
export const LOOK_AGAIN_MS = 2_000
/** So many looks in a row without it: a step that the gateway still had in hand would stand there by then. */
const LOOKS = 3

/** Asks until it is known, however long the gateway is away; `stale` ends it, undefined then. A refusal: the incident is not to be read. */
export async function findOut(
  asked: Asked,
  ports: { look(): Promise<IncidentDetail>; wait(ms: number): Promise<void>; stale(): boolean }
): Promise<'done' | 'notDone' | Refusal | undefined> {
  for (let looks = 0; looks < LOOKS; ) {
    if (ports.stale()) return undefined
    try {
      if (isDone(asked, await ports.look())) return 'done'
      looks++
    } catch (error) {
      if (error instanceof Refusal && error.status >= 400 && error.status < 500 && error.status !== 429) return error
    }
    if (looks < LOOKS) await ports.wait(LOOK_AGAIN_MS)
  }
  return 'notDone'
}

/** Whether it is worth while to look: the answer is not there, and the step leaves a line. */
export function mayBeDone(error: unknown, action: ActionName): boolean {
  return LINES[action].length > 0 && (!(error instanceof Refusal) || error.lost)
}
