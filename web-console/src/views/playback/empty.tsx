/** Nothing is chosen yet: the newest incidents, each opening its cameras shortly before its press, or the list at the left. */
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { Button } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { linkOf, newest } from './link.ts'
import type { Desk } from './use-desk.ts'

const OFFERED = 3

export interface EmptyProps {
  readonly zone: string
  readonly onOpen: Desk['open']
}

export function Empty({ zone, onOpen }: EmptyProps) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const offered = newest(incidents.values(), OFFERED)
  return (
    <div className="pb-empty">
      <b>{t('playback:empty')}</b>
      <span className="m">{t('playback:emptyHow')}</span>
      {offered.length > 0 && <span className="m pb-offer">{t('playback:offer')}</span>}
      {offered.map(incident => (
        <Button key={incident.id} onClick={() => onOpen(linkOf(incident))}>
          <span className="n d">{clockText(incident.openedAtMs, zone)}</span> {calledText(incident.subject, t)}{' '}
          <span className="m">{t('playback:offerCameras', { count: linkOf(incident).cameras.length })}</span>
        </Button>
      ))}
    </div>
  )
}
