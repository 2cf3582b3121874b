/** 管理: who lives where, vehicles, and whatever else the administrator keeps; a change is true at once, without a restart. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayLeave } from '../../state/unsaved.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { CameraRecords } from './camera-records.tsx'
import { Grid } from './grid.tsx'
import { Groups } from './groups.tsx'
import { RoutesPart } from './routes.tsx'
import { Settings } from './settings/index.tsx'
import { Subjects } from './subjects.tsx'
import { Tokens } from './tokens.tsx'
import { UnitsPart } from './units.tsx'
import { Users } from './users.tsx'
import './manage.css'

const TABS = [
  'households',
  'groups',
  'vehicles',
  'units',
  'routes',
  'cameras',
  'grid',
  'users',
  'tokens',
  'settings'
] as const
type Tab = (typeof TABS)[number]

export default function ManageView() {
  const { t } = useTranslation()
  const [tab, setTab] = useState<Tab>(() => {
    const asked = new URLSearchParams(location.search).get('tab')
    return TABS.find(each => each === asked) ?? 'households'
  })
  const choose = (each: Tab) => {
    if (each === tab || !mayLeave(`tab ${each}`)) return
    setTab(each)
    history.replaceState(null, '', `${location.pathname}?tab=${each}`)
  }
  return (
    <main className="mng">
      <TopBar />
      <nav className="mng-tabs row g4" aria-label={t('manage:tabs')}>
        {TABS.map(each => (
          <button
            key={each}
            type="button"
            aria-current={each === tab ? 'page' : undefined}
            onClick={() => choose(each)}
          >
            {t(`manage:tab.${each}`)}
          </button>
        ))}
      </nav>
      <Part key={tab} tab={tab} />
    </main>
  )
}

function Part({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'households':
      return <Subjects kinds={['household', 'premises']} />
    case 'vehicles':
      return <Subjects kinds={['vehicle']} />
    case 'groups':
      return <Groups />
    case 'cameras':
      return <CameraRecords />
    case 'grid':
      return <Grid />
    case 'units':
      return <UnitsPart />
    case 'routes':
      return <RoutesPart />
    case 'tokens':
      return <Tokens />
    case 'users':
      return <Users />
    case 'settings':
      return <Settings />
  }
}
