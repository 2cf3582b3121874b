/** ?: every key of the playback page. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Key } from '../../ui/parts.tsx'
import type { PlaybackKey } from './keys.ts'

const KEYS: readonly (readonly [string, PlaybackKey])[] = [
  ['Space K', 'toggle'],
  [',', 'frameBack'],
  ['.', 'frameForward'],
  ['←', 'back5'],
  ['→', 'forward5'],
  ['⇧←', 'back60'],
  ['⇧→', 'forward60'],
  ['-', 'slower'],
  ['=', 'faster'],
  ['J', 'nextMark'],
  ['⇧J', 'previousMark'],
  ['N', 'nextMotion'],
  ['⇧N', 'previousMotion'],
  ['I', 'markIn'],
  ['O', 'markOut'],
  ['C', 'clearMarks'],
  ['X', 'export'],
  ['S', 'still'],
  ['M', 'sound'],
  ['F', 'full'],
  ['[', 'wider'],
  [']', 'narrower'],
  ['PgUp', 'earlier'],
  ['PgDn', 'later'],
  ['End', 'newest'],
  ['L', 'live'],
  ['T', 'time'],
  ['/', 'search'],
  ['Esc', 'close']
]

export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="pb-help" aria-label={t('playback:keys')} onClose={onClose}>
      <h2 className="head">{t('playback:keys')}</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key} className="row g8">
            <dt>
              <Key>{key}</Key>
            </dt>
            <dd className="m">{t(`playback:act.${does}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="m t12">{t('playback:keysMouse')}</p>
      <Button keyCap="Esc" onClick={onClose}>
        {t('playback:close')}
      </Button>
    </dialog>
  )
}
