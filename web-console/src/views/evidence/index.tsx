/** 证据: exports with their progress, legal holds, and sealed items found by incident or camera. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEvidenceList } from '../../evidence/use-evidence-list.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { Button } from '../../ui/parts.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { Exports } from './exports.tsx'
import { Holds } from './holds.tsx'
import { Items } from './items.tsx'
import './evidence-page.css'

const TABS = ['exports', 'holds', 'items'] as const
type Tab = (typeof TABS)[number]

export default function EvidenceView() {
  const { t } = useTranslation()
  const { user } = useSession()
  useAlarmSound()
  // From the record of an incident: its items.
  const [search, setSearch] = useState(new URLSearchParams(location.search).get('search') ?? '')
  const [tab, setTab] = useState<Tab>(search === '' ? 'exports' : 'items')
  const list = useEvidenceList({ search }, tab)
  if (!user) return null
  return (
    <main className="ev">
      <TopBar />
      <nav className="ev-tabs row g6" aria-label={t('evidence:title')}>
        {TABS.map(each => (
          <Button
            key={each}
            state={each === tab ? 'best' : 'ready'}
            aria-pressed={each === tab}
            onClick={() => setTab(each)}
          >
            {t(`evidence:tab.${each}`)}
          </Button>
        ))}
        <span className="grow" />
        {list && (
          <span className="m t12 el" title={t('evidence:fingerprintHelp')}>
            {t('evidence:fingerprint')} <span className="n ev-key">{list.fingerprint}</span>
          </span>
        )}
      </nav>
      {tab === 'exports' && <Exports user={user} />}
      {tab === 'holds' && <Holds user={user} />}
      {tab === 'items' && <Items list={list} search={search} onSearch={setSearch} />}
    </main>
  )
}
