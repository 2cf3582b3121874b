/** Who is on, and how much each has on hand; who is gone and still owns incidents stands there, too. */
import { useTranslation } from 'react-i18next'
import type { BoardIncident, BoardPerson, LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { State, Table } from '../admin/table.tsx'
import { lateText } from './late.ts'
import { openIncident } from './open-incident.tsx'

/** More on one hand than this is drawn full. */
const FULL = 5

export function SeatsTable({ board }: { readonly board: Pick<LeaderBoard, 'people' | 'freeSeats'> }) {
  const { t } = useTranslation()
  const { people, freeSeats } = board
  return (
    <Table
      title={t('board:seats')}
      count={people.length}
      columns={['seat', 'name', 'state', 'load', 'onHand'].map(each => ({ word: t(`board:column.${each}`) }))}
      empty={t('board:seatsEmpty')}
      aside={
        freeSeats.length > 0 && (
          <span className="t12 n el">{t('board:freeSeats', { seats: freeSeats.join(t('board:comma')) })}</span>
        )
      }
    >
      {people.map(person => (
        <PersonRow key={person.userId} person={person} />
      ))}
    </Table>
  )
}

function PersonRow({ person }: { readonly person: BoardPerson }) {
  const { t } = useTranslation()
  const { seat, name, leader, on, load, incidents } = person
  return (
    <tr>
      <td className="n">{seat === undefined ? '–' : t('common:seatN', { n: seat })}</td>
      <th scope="row">
        {name} {leader && <span className="chip">{t('board:leader')}</span>}
      </th>
      <td>
        <State state={on === 'here' ? 'online' : 'offline'} word={t(`board:on.${on}`)} />
      </td>
      <td>
        <span className="row g8">
          <span className="board-load" aria-hidden="true">
            {Array.from({ length: FULL }, (_, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: five places that never move
              <i key={n} className={n < load ? 'on' : ''} />
            ))}
          </span>
          <span className={load > FULL ? 'n t-amb' : 'n'}>{t('board:load', { n: load })}</span>
        </span>
      </td>
      <td>
        <span className="board-hand">
          {incidents.map(row => (
            <HandChip key={row.id} row={row} />
          ))}
          {load > incidents.length && <span className="chip n">+{load - incidents.length}</span>}
        </span>
      </td>
    </tr>
  )
}

/** Red, with what is late and by how much, once its next target is past. */
function HandChip({ row }: { readonly row: BoardIncident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { user } = useSession()
  const { id, number, priority, state, nobodyThere } = row
  const late = lateText(row, now, t)
  const look = { className: late ? 'chip red' : 'chip', title: number }
  const words = (
    <>
      <PriorityShape priority={priority} size={16} />{' '}
      {nobodyThere && <span className="t-amb">{t('words:leftScene')} </span>}
      {/* What is late says in which state it is. */}
      {late ? <span className="n">{late}</span> : !nobodyThere && t(`words:state.${state}`)}
    </>
  )
  if (user?.role !== 'leader') return <span {...look}>{words}</span>
  return (
    <button type="button" {...look} onClick={() => openIncident(id)}>
      {words}
    </button>
  )
}
