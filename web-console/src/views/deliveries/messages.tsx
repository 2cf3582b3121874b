/** Messages that wait, were given up, or arrived; what was given up is sent anew or thrown away. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivery, DeliveryState } from '../../../../gateway/core/outwards.ts'
import { useSession } from '../../session.tsx'
import { Failed } from '../../ui/failed.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { Ago, Table } from '../admin/table.tsx'
import { useOrder } from './use-order.ts'

/** As the gateway gives them (DELIVERIES_PAGE). */
const PAGE = 200

interface Props {
  readonly kind: DeliveryState
  readonly rows: readonly Delivery[]
  /** How many there are, those of other pages included. */
  readonly count: number
  /** Place of the first of these rows. */
  readonly from: number
  readonly onFrom: (place: number) => void
  readonly empty: string
  readonly renew: () => void
  /** Sinks that are no more: nothing is sent to them again. */
  readonly gone?: ReadonlySet<string>
}

export function DeliveryTable({ kind, rows, count, from, onFrom, empty, renew, gone }: Props) {
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
    <Table
      {...{ title: t(`deliveries:${kind}Title`), count, columns, empty }}
      aside={count > PAGE && <Pager {...{ count, from, onFrom }} />}
    >
      {rows.map(row => (
        <DeliveryRow key={`${row.id} ${row.endedAtMs}`} row={row} renew={renew} isGone={gone?.has(row.sink) === true} />
      ))}
    </Table>
  )
}

type PagerProps = Pick<Props, 'count' | 'from' | 'onFrom'>

function Pager({ count, from, onFrom }: PagerProps) {
  const { t } = useTranslation()
  // Rows may have gone meanwhile: the last page that there is.
  const last = Math.max(0, Math.floor((count - 1) / PAGE) * PAGE)
  useEffect(() => {
    if (from > last) onFrom(last)
  })
  const to = Math.min(count, from + PAGE)
  return (
    <span className="row g6">
      <span className="n m">
        {from + 1}–{to}
      </span>
      <Button
        className="small"
        aria-label={t('deliveries:earlierPage')}
        whyNot={from === 0 ? t('deliveries:firstPage') : undefined}
        onClick={() => onFrom(Math.max(0, from - PAGE))}
      >
        ‹
      </Button>
      <Button
        className="small"
        aria-label={t('deliveries:laterPage')}
        whyNot={from >= last ? t('deliveries:lastPage') : undefined}
        onClick={() => onFrom(from + PAGE)}
      >
        ›
      </Button>
    </span>
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
