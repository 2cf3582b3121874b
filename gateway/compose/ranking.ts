/** The proposed units of an incident, and the place to which they are ranked: where a vehicle is now is told on record or not at all (rule 10). */
import type { UnitId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { Log } from '../core/ports.ts'
import type { IncidentDetail, SessionUser } from '../core/wire.ts'
import type { Dispatch } from '../dispatch/dispatch.ts'
import type { PositionReads } from './position-reads.ts'

export interface RankingDeps {
  readonly log: Log
  readonly dispatch: Pick<Dispatch, 'candidates' | 'towards'>
  readonly positionReads: Pick<PositionReads, 'read'>
}

export type Ranking = (
  incident: Incident,
  user: SessionUser,
  also?: readonly UnitId[]
) => Promise<Pick<IncidentDetail, 'candidates' | 'towards'>>

export function createRanking({ log, dispatch, positionReads }: RankingDeps): Ranking {
  return async (incident, user, also = []) => {
    const towards = dispatch.towards(incident)
    if (!towards) return { candidates: dispatch.candidates(incident, also) }
    try {
      await positionReads.read(user, `incident:${incident.number}`)
    } catch (error) {
      // With a full disk the incident is shown all the same; the times to a place would say where that is.
      log.warn({ err: error, incident: incident.number }, 'a reading could not be audited: its ranking is withheld')
      return { candidates: [] }
    }
    return { candidates: dispatch.candidates(incident, also), towards }
  }
}
