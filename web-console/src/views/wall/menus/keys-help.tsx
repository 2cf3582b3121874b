/** ?: every key of the wall. */
import { useTranslation } from 'react-i18next'
import { KeysList } from '../../../ui/keys-list.tsx'
import { Sheet } from '../../../ui/sheet.tsx'
import { WALL_KEYS } from '../key-table.ts'

export function WallHelp({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Sheet title={t('wall:keys.title')} onClose={onClose}>
      <KeysList rows={WALL_KEYS} words="wall:keys" />
      <p className="m t12">{t('wall:keys.drag')}</p>
    </Sheet>
  )
}
