/** /: finds incidents by person, address or number, and cameras and units by name, or by their initials, in what this window knows. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../../state/store.ts'
import { useFloor } from '../floor-context.tsx'
import { type Has, IncidentFinder, MOST } from './incident-finder.tsx'

export function SearchMenu() {
  const { t } = useTranslation()
  const { select, openMenu } = useFloor()
  const units = useConsole(state => state.units)
  const cameras = useConsole(state => state.cameras)
  const further = (has: Has): ReactNode => {
    const foundUnits = [...units.values()].filter(unit => has(unit.name)).slice(0, MOST)
    const foundCameras = [...cameras.values()].filter(camera => has(camera.name)).slice(0, MOST)
    if (foundUnits.length + foundCameras.length === 0) return undefined
    return (
      <>
        {foundUnits.map(unit => (
          <Line key={unit.id} name={unit.name} state={t(`words:unitState.${unit.state}`)} />
        ))}
        {foundCameras.map(camera => (
          <Line key={camera.id} name={camera.name} state={t(`words:health.${camera.health}`)} />
        ))}
      </>
    )
  }
  return (
    <IncidentFinder
      label={t('floor:search.what')}
      among={() => true}
      choose={({ id }) => {
        select(id)
        openMenu(undefined)
      }}
      further={further}
    />
  )
}

function Line({ name, state }: { readonly name: string; readonly state: string }) {
  return (
    <p className="row g8 search-line">
      <span className="grow el">{name}</span>
      <span className="m">{state}</span>
    </p>
  )
}
