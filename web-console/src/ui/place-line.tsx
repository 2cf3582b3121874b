/** Where an incident is, in words that go with the vehicle while its position is told; of a vehicle also how it drives and how old that is. */
import { useTranslation } from 'react-i18next'
import type { Position } from '../../../gateway/core/geo.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import { useNow } from '../state/clock.ts'
import { metresBetween } from '../state/near-now.ts'
import { useConsole } from '../state/store.ts'
import { drivingText } from './driving-text.ts'
import { placeText } from './place-text.ts'

/** Where the vehicle is now; undefined once the incident is over (rule 10), and for whatever does not move. */
export function usePresent(incidentId: string): Position | undefined {
  return useConsole(state => state.vehicles.get(incidentId))
}

/** Nearer than this the cameras and the cell of the press are still those of the vehicle. */
const MOVED_M = 60

/** It is no more where it pressed: what was near then is not near now. */
export function hasMovedOn({ position }: Pick<Incident, 'position'>, present: Position | undefined): boolean {
  return position !== undefined && present !== undefined && metresBetween(position, present.point) > MOVED_M
}

export function usePlaceText(incident: Pick<Incident, 'id' | 'subject' | 'position' | 'fix'>): string {
  const { t } = useTranslation()
  return placeText(incident, t, usePresent(incident.id))
}

export function PlaceLine({ incident }: { readonly incident: Incident }) {
  const place = usePlaceText(incident)
  const told = usePresent(incident.id) ?? incident.fix
  return (
    <>
      <span className="el" title={place}>
        {place}
      </span>
      {told && <Driving told={told} />}
    </>
  )
}

function Driving({ told }: { readonly told: Position }) {
  const { t } = useTranslation()
  return <span className="m nw n">{drivingText(told, useNow(), t)}</span>
}
