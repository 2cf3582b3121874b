/** 移交: to whom, since when, what they answered, who leads; one without an answer says how long there is, then to call. */
import { useTranslation } from 'react-i18next'
import type { HandOver } from '../../../../../gateway/core/hand-over.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useNow } from '../../../state/clock.ts'
import { Chip } from '../../../ui/parts.tsx'
import { countText } from '../../../ui/time.ts'

export function HandOvers({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { handOvers = [] } = incident
  if (handOvers.length === 0) return null
  return (
    <section className="group-line hand-overs" aria-label={t('floor:handOver.title')}>
      <h3 className="head">{t('floor:handOver.title')}</h3>
      <ul>
        {handOvers.map(each => (
          <Line key={each.id} handOver={each} />
        ))}
      </ul>
    </section>
  )
}

function Line({ handOver }: { readonly handOver: HandOver }) {
  const { t } = useTranslation()
  const { service, state, orderNumber, officer, lead, reason } = handOver
  const said = [orderNumber, officer, reason].filter(Boolean).join(' · ')
  return (
    <li className="row g6 hand-over">
      <b className="nw">{t(`floor:service.${service}`)}</b>
      {state === 'asked' ? (
        <Waiting handOver={handOver} />
      ) : (
        <Chip tone={state === 'accepted' ? 'ok' : 'amber'}>{t(`floor:handOver.state.${state}`)}</Chip>
      )}
      <span className="m el grow">{said}</span>
      {state === 'accepted' && <span className="d nw">{t(`floor:handOver.lead.${lead}`)}</span>}
    </li>
  )
}

function Waiting({ handOver }: { readonly handOver: HandOver }) {
  const { t } = useTranslation()
  const leftMs = handOver.dueAtMs - useNow()
  if (handOver.overdueAtMs !== undefined || leftMs <= 0) return <Chip tone="red">{t('floor:handOver.call')}</Chip>
  return <Chip tone="amber">{t('floor:handOver.waits', { left: countText(leftMs) })}</Chip>
}
