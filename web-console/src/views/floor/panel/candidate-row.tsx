/** A unit that may be sent: its digit, who it is, how long it takes, how old its place is. */
import { useTranslation } from 'react-i18next'
import { NO_POSITION_MS } from '../../../state/steady-order.ts'
import { Key } from '../../../ui/parts.tsx'
import { agoText, distanceText, etaText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'
import { activeAssignments, type Listed } from './candidate-lists.ts'
import { reasonText } from './candidate-words.ts'

const WARNINGS = new Set<string>(['detour', 'alone', 'declined', 'outsideRule', 'offRota'])

export function CandidateRow({ candidate, digit }: Listed) {
  const { t } = useTranslation()
  const { chosen, choose, incident, towards } = useFloor()
  // The nearest is on its order already: the next one is not.
  const sent = incident !== undefined && activeAssignments(incident).length > 0
  const picked = chosen.includes(candidate.unitId)
  const free = candidate.state === 'available'
  const good = candidate.reasons.filter(
    reason => !WARNINGS.has(reason) && reason !== 'stalePosition' && !(sent && reason === 'nearest')
  )
  const warnings = candidate.reasons.filter(reason => WARNINGS.has(reason))
  const facts = [
    t('floor:units.people', { count: candidate.memberCount }),
    t(`words:unitClass.${candidate.unitClass}`),
    ...good.map(reason => reasonText(candidate, reason, t)),
    ...(candidate.laterS ? [t('words:candidate.later', { span: etaText(candidate.laterS, t) })] : [])
  ].join(' · ')
  const cautions = [
    ...(free ? [] : [t(`words:unitState.${candidate.state}`)]),
    ...warnings.map(reason => t(`words:candidate.${reason}`))
  ].join(' · ')
  const known = candidate.positionAgeMs < NO_POSITION_MS
  // A way has two ends: without both there is no time and no distance.
  const measured = known && (towards ?? incident?.position) !== undefined
  // From a place of long ago nobody knows the time, only how far that was.
  const stale = candidate.reasons.includes('stalePosition')
  const distance =
    candidate.by === 'road'
      ? distanceText(candidate.distanceM)
      : t('floor:units.straight', { distance: distanceText(candidate.straightM) })
  return (
    <button
      type="button"
      className={`unit${picked ? ' picked' : ''}`}
      aria-pressed={picked}
      onClick={() => choose(candidate.unitId)}
    >
      {digit !== undefined && <Key>{digit}</Key>}
      <span className="grow">
        <span className="row g8">
          <b className="el">{candidate.name}</b>
          <span className="grow" />
          {measured && <span className="m n">{stale ? t('floor:units.then', { distance }) : distance}</span>}
          {measured && !stale && <b className="n">{etaText(candidate.etaS, t)}</b>}
        </span>
        <span className="unit-facts">
          <span className="m">{facts}</span>
          {cautions !== '' && <span className="t-amb">{cautions}</span>}
          <span className={stale ? 't-amb n' : 'd n'}>
            {known
              ? t(stale ? 'floor:units.positionOld' : 'floor:units.position', {
                  ago: agoText(candidate.positionAgeMs, t)
                })
              : t('floor:units.positionUnknown')}
          </span>
        </span>
      </span>
    </button>
  )
}
