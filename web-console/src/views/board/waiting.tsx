/** Who waits: most urgent first, each with what is left of its target. */
import { useTranslation } from 'react-i18next'
import type { BoardIncident, LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { capital } from '../../ui/capital.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { ageText, etaText } from '../../ui/time.ts'
import { Table } from '../admin/table.tsx'
import { IncidentNumber } from './open-incident.tsx'

/** More stand as a number: the queue has them all. */
const SHOWN = 6

export function WaitingTable({ waiting }: { readonly waiting: LeaderBoard['waiting'] }) {
  const { t } = useTranslation()
  const columns = [
    ...['incident', 'class'].map(each => ({ word: t(`board:column.${each}`) })),
    ...['waited', 'target'].map(each => ({ word: t(`board:column.${each}`), right: true }))
  ]
  const rows = waiting.rows.slice(0, SHOWN)
  const more = waiting.n - rows.length
  return (
    <Table
      title={t('board:waiting')}
      count={waiting.n}
      columns={columns}
      empty={t('board:waitingEmpty')}
      aside={more > 0 && <span className="t12">{t('board:more', { n: more })}</span>}
    >
      {rows.map(row => (
        <WaitingRow key={row.id} row={row} />
      ))}
    </Table>
  )
}

function WaitingRow({ row }: { readonly row: BoardIncident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { id, priority, number, alarmClass, gridName, state, nobodyThere, openedAtMs, dueAtMs } = row
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
      <td className="board-what el" title={gridName}>
        {capital(t(`words:alarmClass.${alarmClass}`))}{' '}
        {nobodyThere ? (
          <span className="t-amb">{t('words:leftNobody')}</span>
        ) : (
          // Nearly all of them are new; another state is that of one that was given back.
          state !== 'new' && <span className="m">{t(`words:state.${state}`)}</span>
        )}{' '}
        <span className="d">{gridName}</span>
      </td>
      <td className="right n">{ageText(now - openedAtMs, t)}</td>
      <td className={late ? 'right n t-red' : 'right n'}>
        {dueAtMs === undefined
          ? '–'
          : t(late ? 'board:late' : 'board:left', { time: etaText(Math.abs(dueAtMs - now) / 1_000, t) })}
      </td>
    </tr>
  )
}
