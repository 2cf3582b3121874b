/** ?: every key of the wall. */
import { useTranslation } from 'react-i18next'
import { Key } from '../../../ui/parts.tsx'
import { Sheet } from '../../../ui/sheet.tsx'

const KEYS: readonly (readonly [string, string])[] = [
  ['Tab ← → ↑ ↓', 'choose'],
  ['1 … 999', 'number'],
  ['F ↵', 'large'],
  ['PgUp PgDn', 'page'],
  ['Y', 'pause'],
  ['+ −', 'zoom'],
  ['0', 'zoomOff'],
  ['S', 'still'],
  ['M', 'sound'],
  ['P', 'place'],
  ['B', 'playback'],
  ['Del', 'clear'],
  ['/', 'find'],
  ['L', 'layouts'],
  ['T', 'tours'],
  ['V', 'floor'],
  ['?', 'help'],
  ['Esc', 'back']
]

export function WallHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Sheet title={t('wall:keys.title')} onClose={onClose}>
      <dl className="keys-list">
        {KEYS.map(([key, does]) => (
          <div key={key} className="row g8">
            <dt>
              <Key>{key}</Key>
            </dt>
            <dd className="m">{t(`wall:keys.${does}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="m t12">{t('wall:keys.drag')}</p>
    </Sheet>
  )
}
