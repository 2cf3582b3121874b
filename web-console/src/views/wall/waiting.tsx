/** 等候上墙: open P1 and P2 that are not in the alarm place, in order; a click puts one there. */
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { Age } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { waitingFor } from './placement.ts'
import type { PlaceProps } from './shown.tsx'

export function Waiting({ place, onPlace }: PlaceProps) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const waiting = waitingFor(place, incidents)
  return (
    <section className="wall-panel list">
      <h2 className="head">
        {t('wall:waiting')}
        {waiting.length > 0 && <span className="n">{waiting.length}</span>}
        <span className="grow" />
        <span className="wall-hint el">{t('wall:onlyP1')}</span>
      </h2>
      {waiting.length === 0 && <p className="m">{t('wall:nobodyWaits')}</p>}
      <ul>
        {waiting.map(incident => (
          <li key={incident.id}>
            <button
              type="button"
              className="wall-wait"
              onClick={() => onPlace({ kind: 'incident', incidentId: incident.id })}
            >
              <PriorityShape priority={incident.priority} size={20} />
              <span className="col grow">
                <span className="row g8">
                  <b className="el">
                    {t(`words:sourceKind.${incident.sourceKind}`)} {calledText(incident.subject, t)}
                  </b>
                  <Age sinceMs={incident.openedAtMs} />
                </span>
                <span className="m t12 el">
                  {incident.cameras[0]
                    ? t('wall:nearest', { name: incident.cameras[0].name, n: incident.cameras.length })
                    : t('wall:noNear')}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
