/** Which sound the floor makes now: a pure choice over the open incidents, so that it can be tested without a loudspeaker. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { leaderToldMs } from '../state/left-alone.ts'
import { isOpen } from '../state/queue.ts'

/** `p1High`: a press that rings again (rule 6), one step higher. */
export type Ring = 'p1High' | 'p1' | 'p2'

/** Rings that this seat has answered by opening the incident, by incident id. */
export type HeardRings = Readonly<Record<string, number>>

/** The loudest ring that is due on this seat; undefined is silence. P1 cannot be muted: it ends when somebody acknowledges. */
export function ringOf(
  incidents: Iterable<Incident>,
  heard: HeardRings,
  user: Pick<SessionUser, 'userId' | 'role'> | undefined
): Ring | undefined {
  let ring: Ring | undefined
  for (const incident of incidents) {
    if (!isOpen(incident)) continue
    const found = ringFor(incident, heard, user)
    if (found === 'p1High') return found
    if (found === 'p1' || ring === undefined) ring = found ?? ring
  }
  return ring
}

type Listener = Parameters<typeof ringOf>[2]

/** Told to the leaders, because whoever has it does nothing. */
function isLeftTo(user: Listener, incident: Incident): boolean {
  return user?.role === 'leader' && incident.owner?.userId !== user.userId && leaderToldMs(incident) !== undefined
}

/** Rings that are answered where an owned incident is first seen, after a reload or on another page: all, but of what was told to this leader none. */
export function answeredAtSight(incident: Incident, user: Listener): number {
  return isLeftTo(user, incident) ? 0 : incident.rings
}

function ringFor(incident: Incident, heard: HeardRings, user: Listener): Ring | undefined {
  const { priority, owner, presses, rings } = incident
  if (priority > 2) return undefined
  if (!owner) {
    if (priority === 2) return 'p2'
    return presses >= 3 ? 'p1High' : 'p1'
  }
  // An owner is told again of what came after the last look; the first ring ended with the acknowledgement. So is the leader of what an owner leaves alone.
  const isTold = owner.userId === user?.userId || isLeftTo(user, incident)
  if (!isTold || rings <= (heard[incident.id] ?? rings)) return undefined
  return presses > 1 ? 'p1High' : priority === 1 ? 'p1' : 'p2'
}
