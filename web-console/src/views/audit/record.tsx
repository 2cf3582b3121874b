/** One incident as it is on record, read only: what, when, who went, how it ended, its timeline; each opening is audited. */
import { type MouseEvent, type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident, TimelineEntry } from '../../../../gateway/core/incident.ts'
import type { IncidentRecord } from '../../../../gateway/core/search.ts'
import { actorText, timelineText } from '../../i18n/timeline.ts'
import { openOrder, whyNotOrder } from '../../print/sheets.ts'
import { useSession } from '../../session.tsx'
import { selectFor } from '../../state/selection.ts'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { capital } from '../../ui/capital.ts'
import { FailedLine } from '../../ui/failed.tsx'
import { stateText } from '../../ui/incident-state.ts'
import { follow } from '../../ui/page-links.tsx'
import { Button } from '../../ui/parts.tsx'
import { placeText } from '../../ui/place-text.ts'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'
import { stampText } from './stamp.ts'

interface RecordProps {
  readonly incidentId: string
  readonly onClose: () => void
}

export function Record({ incidentId, onClose }: RecordProps) {
  const { t, i18n } = useTranslation()
  const { site, user } = useSession()
  const [record, setRecord] = useState<IncidentRecord>()
  const [failed, setFailed] = useState<RefusalCode>()
  useEffect(() => {
    let gone = false
    get<IncidentRecord>(`/api/incidents/${encodeURIComponent(incidentId)}/record`).then(
      found => gone || setRecord(found),
      error => gone || setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
    )
    return () => {
      gone = true
    }
  }, [incidentId])
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const why = user && record ? whyNotOrder(user, record.incident) : undefined
  return (
    <aside className="panel audit-record" aria-label={t('audit:record')}>
      <h2 className="head">
        {record ? `${record.incident.number} · ${calledText(record.incident.subject, t)}` : t('audit:record')}
        <span className="grow" />
        {record && (
          <Button
            className="small"
            title={t('print:order.help')}
            whyNot={why && t(`print:whyNot.${why}`)}
            onClick={() => openOrder(record.incident, i18n.language)}
          >
            {t('print:order.button')}
          </Button>
        )}
        <Button className="small" onClick={onClose}>
          {t('audit:close')}
        </Button>
      </h2>
      <FailedLine code={failed} />
      {record && <Ways incident={record.incident} />}
      {record && <Facts incident={record.incident} zone={zone} />}
      {record && <Lines timeline={record.timeline} zone={zone} />}
    </aside>
  )
}

/** To the floor while the incident is there, and to its evidence: for who works with them. */
function Ways({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const onFloor = useConsole(state => state.incidents.has(incident.id))
  if (user?.role !== 'operator' && user?.role !== 'leader') return null
  const evidence = `/evidence?search=${encodeURIComponent(incident.number)}`
  return (
    <p className="row g16 audit-ways">
      {onFloor && (
        <a className="link" href="/" onClick={event => openOnFloor(event, incident.id)}>
          {t('audit:onFloor')}
        </a>
      )}
      {incident.evidence.length > 0 && (
        <a className="link" href={evidence} onClick={event => follow(event, evidence)}>
          {t('audit:evidenceItems', { count: incident.evidence.length })}
        </a>
      )}
    </p>
  )
}

function openOnFloor(event: MouseEvent, incidentId: string): void {
  selectFor(incidentId)
  follow(event, '/')
}

function Facts({ incident, zone }: { readonly incident: Incident; readonly zone: string }) {
  const { t, i18n } = useTranslation()
  const { disposition, category, facts, owner, review } = incident
  const kind = facts?.category ?? category
  const rows: readonly (readonly [string, ReactNode])[] = [
    ['state', stateText(incident, t)],
    ['alarmClass', capital(t(`words:alarmClass.${incident.alarmClass}`))],
    ['source', t(`words:sourceKind.${incident.sourceKind}`)],
    ['opened', stampText(incident.openedAtMs, zone)],
    ['address', placeText(incident, t)],
    ['owner', owner?.name],
    ['category', kind && (i18n.language === 'en' ? kind.en : kind.zh)],
    ['disposition', disposition && t(`words:disposition.${disposition}`)],
    ['feedback', incident.feedback],
    ['review', review && t(`print:field.${review.verdict}`, { ...review, time: stampText(review.atMs, zone) })]
  ]
  return (
    <dl className="audit-facts">
      {incident.duress && <p className="t-red">{t('words:alarmClass.duress')}</p>}
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name} className="row g8">
              <dt>{t(`print:field.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          )
      )}
    </dl>
  )
}

function Lines({ timeline, zone }: { readonly timeline: readonly TimelineEntry[]; readonly zone: string }) {
  const { t } = useTranslation()
  return (
    <ol className="audit-lines">
      {timeline.map(entry => {
        const { text, said } = timelineText(entry, t)
        return (
          <li key={entry.index}>
            <time className="d n">{stampText(entry.atMs, zone)}</time>
            <span className="m">{actorText(entry, t)}</span>
            <span>
              {text}
              {said && <span className="m">{t('floor:story.said', { said })}</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
