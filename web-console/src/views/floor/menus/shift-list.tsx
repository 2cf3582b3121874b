/** The incidents that go from one hand to the other with a shift: by name, and how many more there are. */
import { useTranslation } from 'react-i18next'
import type { ShiftHandOver } from '../../../../../gateway/core/shift.ts'
import { calledText } from '../../../ui/called.ts'

/** More would hide what is to be chosen below. */
const SHOWN = 8

export function ShiftList({ incidents }: Pick<ShiftHandOver, 'incidents'>) {
  const { t } = useTranslation()
  const more = incidents.length - SHOWN
  return (
    <ul>
      {incidents.slice(0, SHOWN).map(each => (
        <li key={each.id} className="m">
          {each.number} · {calledText(each, t)}
        </li>
      ))}
      {more > 0 && <li className="m">{t('floor:shift.more', { count: more })}</li>}
    </ul>
  )
}
