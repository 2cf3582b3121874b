/** 审计: the audit log and the incidents, for who reads and acts on nothing; every search and every look is on record. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { navigate } from '../../route.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Incidents } from './incidents.tsx'
import { Log } from './log.tsx'
import '../admin/admin.css'
import '../reports/reports.css'
import './audit.css'

type Tab = 'incidents' | 'log'

export default function AuditView() {
  const { t } = useTranslation()
  const { user } = useSession()
  useAlarmSound()
  const tabs: readonly Tab[] = user?.role === 'administrator' ? ['log'] : ['log', 'incidents']
  const [chosen, setTab] = useState(new URLSearchParams(location.search).get('tab'))
  const tab = tabs.find(each => each === chosen) ?? 'log'
  const choose = (each: Tab) => {
    setTab(each)
    // A reload stays where one was.
    navigate(`/audit?tab=${each}`, true)
  }
  return (
    <main className="admin audit">
      <TopBar />
      <div className="admin-body">
        <div className="row g6 report-views">
          {tabs.map(each => (
            <button
              key={each}
              type="button"
              className={each === tab ? 'chip white' : 'chip'}
              aria-pressed={each === tab}
              onClick={() => choose(each)}
            >
              {t(`audit:tab.${each}`)}
            </button>
          ))}
        </div>
        {tab === 'log' ? <Log /> : <Incidents />}
      </div>
    </main>
  )
}
