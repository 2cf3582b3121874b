/** Today's rounds of the patrol routes: passed and missed check points of each unit; asked for only while somebody looks, since each look is on record. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Round } from '../../../../gateway/core/patrol-route.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { Button } from '../../ui/parts.tsx'
import { minuteText } from '../../ui/time.ts'
import { get } from '../../wire/api.ts'
import { Table } from '../admin/table.tsx'

export function RoundsPanel() {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const [rounds, setRounds] = useState<readonly Round[]>()
  const [failed, setFailed] = useState(false)
  const look = () =>
    get<readonly Round[]>('/api/rounds').then(
      answer => {
        setRounds(answer)
        setFailed(false)
      },
      () => setFailed(true)
    )
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <Table
      title={t('board:rounds.title')}
      count={rounds?.length ?? 0}
      columns={['route', 'unit', 'hours', 'passed', 'open'].map(each => ({ word: t(`board:rounds.${each}`) }))}
      empty={t(rounds ? 'board:rounds.none' : 'board:rounds.hint')}
      aside={
        <>
          {failed && <span className="t-red">{t('board:rounds.failed')}</span>}
          <Button className="small" onClick={() => void look()}>
            {t(rounds ? 'board:rounds.again' : 'board:rounds.look')}
          </Button>
        </>
      }
    >
      {rounds?.map(round => (
        <Row key={`${round.routeId}${round.unitId}${round.fromMs}`} {...{ round, now, zone }} />
      ))}
    </Table>
  )
}

function Row({ round, now, zone }: { readonly round: Round; readonly now: number; readonly zone: string }) {
  const { t } = useTranslation()
  const { name, unitName, fromMs, toMs, points } = round
  const open = points.filter(({ passedAtMs }) => passedAtMs === undefined)
  const over = now >= toMs
  const names = open.map(point => point.name).join(t('common:comma'))
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{unitName}</td>
      <td className="n">
        {minuteText(fromMs, zone)}–{minuteText(toMs, zone)}
      </td>
      <td className="n">
        {points.length - open.length}/{points.length}
      </td>
      <td className={over && open.length > 0 ? 't-amb' : 'm'}>
        {open.length === 0
          ? t('board:rounds.all')
          : now < fromMs
            ? t('board:rounds.later')
            : t(over ? 'board:rounds.missed' : 'board:rounds.left', { names })}
      </td>
    </tr>
  )
}
