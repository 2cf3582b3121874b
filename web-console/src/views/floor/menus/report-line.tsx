/** The unit's report above the form that ends its incident. */
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { useConsole } from '../../../state/store.ts'
import { lastReport, type UnitReport } from '../../../state/unit-report.ts'
import { clockText } from '../../../ui/time.ts'

const NO_LINES: readonly TimelineEntry[] = []

export function useReport(incident: Incident | undefined): UnitReport | undefined {
  const timeline = useConsole(state => (incident && state.timelines.get(incident.id)) ?? NO_LINES)
  return lastReport(timeline)
}

export function ReportLine({ report }: { readonly report: UnitReport | undefined }) {
  const { t } = useTranslation()
  const { site } = useSession()
  if (!report) return null
  const { unit, atMs, text, disposition } = report
  const said = [disposition && t(`words:disposition.${disposition}`), text].filter(Boolean).join(t('common:comma'))
  return (
    <p className="menu-said">
      <span className="m n">
        {t('floor:feedback.reported', { unit, time: clockText(atMs, site?.timeZone ?? 'Asia/Shanghai') })}
      </span>{' '}
      {said}
    </p>
  )
}
