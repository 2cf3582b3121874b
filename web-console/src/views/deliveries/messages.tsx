/** Messages that wait, were given up, or arrived; what was given up is sent anew or thrown away. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivery, DeliveryState } from '../../../../gateway/core/outwards.ts'
import { useSession } from '../../session.tsx'
import { Failed } from '../../ui/failed.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { Ago, Table } from '../admin/table.tsx'
import { useOrder } from './use-order.ts'

interface Props {
  readonly kind: DeliveryState
  readonly rows: readonly Delivery[]
  readonly empty: string
  readonly renew: () => void
  /** Sinks that are no more: nothing is sent to them again. */
  readonly gone?: ReadonlySet<string>
}

export function DeliveryTable({ kind, rows, empty, renew, gone }: Props) {
  const { t } = useTranslation()
  const last = kind === 'waiting' ? 'next' : 'ended'
  // Orders next to the name: in sight beside an open sink on a small screen.
  const first = ['created', 'name', ...(kind === 'dead' ? ['orders'] : []), 'number', 'event']
  const columns = [
    ...first.map(each => ({ word: t(`deliveries:${each}`) })),
    { word: t('deliveries:attempts'), right: true },
    ...['answer', last].map(each => ({ word: t(`deliveries:${each}`) }))
  ]
  return (
    <Table title={t(`deliveries:${kind}Title`)} count={rows.length} columns={columns} empty={empty}>
      {rows.map(row => (
        <DeliveryRow key={`${row.id} ${row.endedAtMs}`} row={row} renew={renew} isGone={gone?.has(row.sink) === true} />
      ))}
    </Table>
  )
}

interface RowProps {
  readonly row: Delivery
  readonly renew: () => void
  readonly isGone: boolean
}

function DeliveryRow({ row, renew, isGone }: RowProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const time = (ms: number) => clockText(ms, site?.timeZone ?? 'Asia/Shanghai')
  const answer = row.error ? t([`deliveries:error.${row.error}`, row.error]) : row.status ? `HTTP ${row.status}` : '–'
  return (
    <tr>
      <td className="n" title={row.id}>
        {time(row.createdAtMs)}
      </td>
      <td>{row.sink}</td>
      {row.state === 'dead' && (
        <td>
          <DeadOrders id={row.id} renew={renew} isGone={isGone} />
        </td>
      )}
      <td className="n">{row.number || '–'}</td>
      <td>{t(`deliveries:events.${row.event}`, { place: row.contact })}</td>
      <td className="right n">{row.attempts}</td>
      <td className={row.error ? 't-amb' : ''}>{answer}</td>
      <td className="n">
        {row.state === 'waiting' ? (
          row.nextAtMs ? (
            time(row.nextAtMs)
          ) : (
            t('deliveries:now')
          )
        ) : (
          <Ago atMs={row.endedAtMs} />
        )}
      </td>
    </tr>
  )
}

/** Thrown away is gone for ever: the button asks once more. */
function DeadOrders({ id, renew, isGone }: { readonly id: string } & Omit<RowProps, 'row'>) {
  const { t } = useTranslation()
  const { order, failed, state } = useOrder(renew)
  const [sure, setSure] = useState(false)
  const path = `/api/deliveries/${encodeURIComponent(id)}`
  return (
    <span className="row g6">
      {!isGone && (
        <Button state={state} onClick={() => void order(`${path}/retry`)}>
          {t('deliveries:retry')}
        </Button>
      )}
      <Button danger state={state} onClick={() => (sure ? void order(`${path}/drop`) : setSure(true))}>
        {t(sure ? 'deliveries:dropSure' : 'deliveries:drop')}
      </Button>
      <Failed code={failed} />
    </span>
  )
}
