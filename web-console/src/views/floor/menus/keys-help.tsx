/** ?: every key of the floor. */
import { useTranslation } from 'react-i18next'
import { Key } from '../../../ui/parts.tsx'

const KEYS: readonly (readonly [string, string])[] = [
  ['space', 'acknowledge'],
  ['D', 'dispatch'],
  ['⇧D', 'recall'],
  ['1–9', 'units'],
  ['E 1–9', 'verify'],
  ['L 1–9 …', 'categorize'],
  ['S 1–9', 'step'],
  ['⇧S 1–9', 'skipStep'],
  ['Z', 'similar'],
  ['J', 'shift'],
  ['Y', 'followUp'],
  ['P 1–4', 'setPriority'],
  ['Q', 'markDuress'],
  ['B', 'annotate'],
  ['H', 'handOver110'],
  ['N', 'neighbours'],
  ['⇧N 1–9', 'party'],
  ['R', 'resolve'],
  ['U', 'release'],
  ['K', 'take'],
  ['X', 'close'],
  ['⇧X', 'returnFeedback'],
  ['O', 'reopen'],
  ['⇧E', 'exportEvidence'],
  ['⇧H', 'holdEvidence'],
  ['⇧P', 'printOrder'],
  ['↑ ↓ ↵', 'choose'],
  ['F6 F7 F8', 'tabs'],
  ['G', 'map'],
  ['V', 'wall'],
  ['W', 'toWall'],
  ['M', 'listen'],
  ['A', 'replay'],
  ['⇧A', 'hear'],
  ['C', 'callBack'],
  ['⇧C 1–9', 'contact'],
  ['⌫', 'hangUp'],
  ['F', 'follow'],
  ['/', 'search'],
  ['T', 'soundTest'],
  ['Esc', 'back']
]

export function KeysHelp() {
  const { t } = useTranslation()
  return (
    <dl className="keys-help">
      {KEYS.map(([key, does]) => (
        <div key={key} className="row g8">
          <dt>
            <Key>{key === 'space' ? `${t('floor:key.space')} F2` : key}</Key>
          </dt>
          <dd className="m">{t(`floor:keys.${does}`)}</dd>
        </div>
      ))}
    </dl>
  )
}
