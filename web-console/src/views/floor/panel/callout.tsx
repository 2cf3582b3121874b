/** 十户联防: the neighbour group of whoever called, who of it is rung, and what each said; begun and ended by hand in `callout-line.tsx`. */
import { useTranslation } from 'react-i18next'
import type { CalledNeighbour, Callout as CalloutRecord, NeighbourState } from '../../../../../gateway/core/callout.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { callsOutAtMs } from '../../../state/callout-start.ts'
import { useNow } from '../../../state/clock.ts'
import { whyNot } from '../../../state/rights.ts'
import { Button } from '../../../ui/parts.tsx'
import { countText } from '../../../ui/time.ts'
import { calloutAction, pressCallout } from '../callout-key.ts'
import { useFloor } from '../floor-context.tsx'

/** Who goes stands first, who is on the telephone next. */
const ORDER: readonly NeighbourState[] = [
  ...(['going', 'warned', 'answered', 'ringing', 'waiting', 'cannot', 'noChoice'] as const),
  ...(['busy', 'noAnswer', 'unreachable', 'stopped'] as const)
]
const TONE: Readonly<Partial<Record<NeighbourState, string>>> = {
  going: 't-ok',
  warned: 't-ok',
  answered: 't-amb',
  ringing: 't-amb'
}

export function Callout({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { group } = incident.subject
  const { callout } = incident
  if (!group) return null
  return (
    <section className="group-line" aria-label={t('floor:callout.title')}>
      <h3 className="head">{t('floor:callout.title')}</h3>
      <Coming incident={incident} />
      {!callout && <p className="m">{t('floor:person.groupOf', { name: group.name, n: group.members })}</p>}
      {incident.duress && <p className="t-amb">{t('floor:callout.duress')}</p>}
      {callout && <Summary callout={callout} />}
      {callout && (
        <ul className="neighbours">
          {[...callout.neighbours]
            .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
            .map(neighbour => (
              <Neighbour key={neighbour.subjectId} neighbour={neighbour} />
            ))}
        </ul>
      )}
    </section>
  )
}

/** Begins and stops the calling, as N does. */
export function CalloutButton({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const floor = useFloor()
  const { actions, user, connected } = floor
  const action = calloutAction(incident)
  const why = incident.duress ? 'duress' : whyNot(action, { incident, user, connected })
  return (
    <Button
      keyCap="N"
      className="small"
      danger={action === 'endCallNeighbours'}
      state={actions.resultOf(incident.id, action)?.state ?? 'ready'}
      whyNot={why === 'duress' ? t('floor:callout.duress') : why && t([`floor:whyNot.${why}`, `words:error.${why}`])}
      onClick={() => pressCallout(floor)}
    >
      {t(`floor:do.${action}`)}
    </Button>
  )
}

/** The system begins in a moment: whoever is in charge may keep the neighbours out of it. */
function Coming({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { act, actions, user, connected } = useFloor()
  const { settings } = useSession()
  const now = useNow()
  const atMs = settings && callsOutAtMs(incident, settings.callout, now)
  if (atMs === undefined || atMs <= now) return null
  const action = 'endCallNeighbours'
  const why = whyNot(action, { incident, user, connected })
  return (
    <div className="row g8">
      <p className="grow t-amb">
        {t(incident.unverified ? 'floor:callout.comingUnproven' : 'floor:callout.coming', {
          time: countText(atMs - now)
        })}
      </p>
      <Button
        className="small"
        state={actions.resultOf(incident.id, action)?.state ?? 'ready'}
        whyNot={why && t([`floor:whyNot.${why}`, `words:error.${why}`])}
        onClick={() => void act({ action })}
      >
        {t('floor:callout.keepOut')}
      </Button>
    </div>
  )
}

function Summary({ callout }: { readonly callout: CalloutRecord }) {
  const { t } = useTranslation()
  const { neighbours, message, end } = callout
  if (neighbours.length === 0) return <p className="callout-sum m">{t('floor:callout.keptOut')}</p>
  const going = neighbours.filter(n => n.state === 'going').length
  const warned = neighbours.filter(n => n.state === 'warned').length
  const figures =
    message === 'guard'
      ? t('floor:callout.warned', { n: warned, of: neighbours.length })
      : t('floor:callout.going', { n: going, of: neighbours.length })
  return (
    <p className="callout-sum">
      {message === 'guard' && <b className="t-amb">{t('floor:callout.guard')} </b>}
      <b>{figures}</b>
      <span className="m"> · {end ? t(`words:calloutEnd.${end}`) : t('floor:callout.calling')}</span>
    </p>
  )
}

function Neighbour({ neighbour }: { readonly neighbour: CalledNeighbour }) {
  const { t } = useTranslation()
  const now = useNow()
  const { name, address, state, tries, nextAtMs } = neighbour
  const again = tries > 0 && nextAtMs !== undefined && nextAtMs > now
  return (
    <li className="row g8" title={again ? t('floor:callout.againAt', { address }) : address}>
      <span className="neighbour-name el">{name}</span>
      <span className={`grow el ${TONE[state] ?? 'd'}`}>
        {again
          ? t('floor:callout.again', { state: t(`words:neighbour.${state}`), time: countText(nextAtMs - now) })
          : t(`words:neighbour.${state}`)}
      </span>
    </li>
  )
}
