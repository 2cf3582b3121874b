/** 历史警情: incidents of any age for those who work on the floor; found by words, days and kind, opened to be read, printed on paper. */
import { useTranslation } from 'react-i18next'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Incidents } from '../audit/incidents.tsx'
import '../admin/admin.css'
import '../reports/reports.css'
import '../audit/audit.css'

export default function HistoryView() {
  const { t } = useTranslation()
  useAlarmSound()
  // The floor's search hands over what it was asked for.
  const text = new URLSearchParams(location.search).get('text') ?? ''
  return (
    <main className="admin audit" aria-label={t('common:page.history')}>
      <TopBar />
      <div className="admin-body">
        <Incidents text={text} />
      </div>
    </main>
  )
}
