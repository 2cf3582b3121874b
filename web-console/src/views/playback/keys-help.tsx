/** ?: every key of the playback page. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { KeysList } from '../../ui/keys-list.tsx'
import { Button } from '../../ui/parts.tsx'
import { PLAYBACK_KEYS } from './key-table.ts'

export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} className="pb-help" aria-label={t('playback:keys')} onClose={onClose}>
      <h2 className="head">{t('playback:keys')}</h2>
      <KeysList rows={PLAYBACK_KEYS} words="playback:act" />
      <p className="m t12">{t('playback:keysMouse')}</p>
      <Button keyCap="Esc" onClick={onClose}>
        {t('playback:close')}
      </Button>
    </dialog>
  )
}
