/** Units on duty whose position nobody should believe. */
import { useTranslation } from 'react-i18next'
import type { LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { agoText } from '../../ui/time.ts'
import { Table } from '../admin/table.tsx'

export function StaleTable({ units }: { readonly units: LeaderBoard['units'] }) {
  const { t } = useTranslation()
  const now = useNow()
  const more = units.staleAll - units.stale.length
  return (
    <Table
      title={t('board:stale')}
      count={units.staleAll}
      columns={['unit', 'state', 'position'].map(each => ({ word: t(`board:column.${each}`) }))}
      empty={t('board:staleEmpty')}
      aside={more > 0 && <span className="t12">{t('board:more', { n: more })}</span>}
    >
      {units.stale.map(({ id, name, state, positionAtMs }) => (
        <tr key={id}>
          <th scope="row">{name}</th>
          <td>{t(`words:unitState.${state}`)}</td>
          <td className="n t-amb">
            {positionAtMs === undefined ? t('board:noPosition') : agoText(now - positionAtMs, t)}
          </td>
        </tr>
      ))}
    </Table>
  )
}
