/** Who waits: most urgent first, each with what is left of its target. */
import { useTranslation } from 'react-i18next'
import type { BoardIncident, LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { ageText, etaText } from '../../ui/time.ts'
import { Table } from '../admin/table.tsx'
import { IncidentNumber } from './open-incident.tsx'

export function WaitingTable({ waiting }: { readonly waiting: LeaderBoard['waiting'] }) {
  const { t } = useTranslation()
  const columns = [
    ...['incident', 'class', 'state'].map(each => ({ word: t(`board:column.${each}`) })),
    ...['waited', 'target'].map(each => ({ word: t(`board:column.${each}`), right: true }))
  ]
  const more = waiting.n - waiting.rows.length
  return (
    <Table
      title={t('board:waiting')}
      count={waiting.n}
      columns={columns}
      empty={t('board:waitingEmpty')}
      aside={more > 0 && <span className="t12">{t('board:more', { n: more })}</span>}
    >
      {waiting.rows.map(row => (
        <WaitingRow key={row.id} row={row} />
      ))}
    </Table>
  )
}

function WaitingRow({ row }: { readonly row: BoardIncident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { id, priority, number, alarmClass, state, nobodyThere, openedAtMs, dueAtMs } = row
  const late = dueAtMs !== undefined && now > dueAtMs
  return (
    <tr className={late && priority <= 2 ? `board-late p${priority}` : ''}>
      <td>
        <span className="row g8">
          <PriorityShape priority={priority} size={20} />
          <b>
            <IncidentNumber {...{ id, number }} />
          </b>
        </span>
      </td>
      <td>{t(`words:alarmClass.${alarmClass}`)}</td>
      {nobodyThere ? <td className="t-amb">{t('words:leftNobody')}</td> : <td>{t(`words:state.${state}`)}</td>}
      <td className="right n">{ageText(now - openedAtMs, t)}</td>
      <td className={late ? 'right n t-red' : 'right n'}>
        {dueAtMs === undefined
          ? '–'
          : t(late ? 'board:late' : 'board:left', { time: etaText(Math.abs(dueAtMs - now) / 1_000, t) })}
      </td>
    </tr>
  )
}
