/** The marked range: from, to, how long; X opens the dialog that exports it. */
import { useTranslation } from 'react-i18next'
import { whyNotExport } from '../../evidence/export-draft.ts'
import { ExportSheet } from '../../evidence/export-sheet.tsx'
import { useSession } from '../../session.tsx'
import { useConsole } from '../../state/store.ts'
import { Button } from '../../ui/parts.tsx'
import { durationText } from '../../ui/time.ts'
import { siteTimeText } from './site-time.ts'
import { useIncident } from './use-incident.ts'

export interface ExportBarProps {
  readonly cameraIds: readonly string[]
  readonly incidentId: string | undefined
  readonly inMs: number
  readonly outMs: number | undefined
  readonly zone: string
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly onClear: () => void
}

export function ExportBar(props: ExportBarProps) {
  const { cameraIds, incidentId, inMs, outMs, zone, open, onOpen, onClear } = props
  const { t } = useTranslation()
  const known = useConsole(state => state.cameras)
  const incident = useIncident(incidentId)
  const { user } = useSession()
  // Said as soon as a range is marked, not after the form: what lies outside an incident is a leader's to give out.
  const why = user && incident !== 'asked' ? whyNotExport(user, incident) : undefined
  const range =
    outMs === undefined
      ? t('playback:export.from', { from: siteTimeText(inMs, zone) })
      : t('playback:export.range', {
          from: siteTimeText(inMs, zone),
          to: siteTimeText(outMs, zone).slice(11),
          span: durationText(outMs - inMs, t)
        })
  return (
    <section className="pb-export" aria-label={t('playback:export.title')}>
      <span className="n el">{range}</span>
      {outMs === undefined ? (
        <span className="m t12 el">{t('playback:export.setOut')}</span>
      ) : (
        <Button keyCap="X" whyNot={why && t(`evidence:refused.${why}`)} onClick={() => onOpen(true)}>
          {t('playback:export.open', { n: cameraIds.length })}
        </Button>
      )}
      {why && <span className="t-amb t12">{t(`evidence:refused.${why}`)}</span>}
      {open && outMs !== undefined && incident !== 'asked' && (
        <ExportSheet
          wish={{
            incident,
            cameras: cameraIds.map(id => ({ id, name: known.get(id)?.name ?? id })),
            chosen: cameraIds,
            fromMs: inMs,
            toMs: outMs
          }}
          onClose={() => onOpen(false)}
        />
      )}
      <span className="grow" />
      <Button keyCap="C" onClick={onClear}>
        {t('playback:export.clear')}
      </Button>
    </section>
  )
}
