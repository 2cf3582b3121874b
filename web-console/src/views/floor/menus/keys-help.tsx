/** ?: every key of the floor, group by group. */
import { useTranslation } from 'react-i18next'
import { KeysList } from '../../../ui/keys-list.tsx'
import { FLOOR_KEYS, KEY_GROUPS } from '../key-table.ts'

export function KeysHelp() {
  const { t } = useTranslation()
  return (
    <div className="keys-help">
      {KEY_GROUPS.map(group => (
        <section key={group} aria-label={t(`floor:keyGroup.${group}`)}>
          <h3 className="head">{t(`floor:keyGroup.${group}`)}</h3>
          <KeysList rows={FLOOR_KEYS[group]} words="floor:keys" />
        </section>
      ))}
    </div>
  )
}
