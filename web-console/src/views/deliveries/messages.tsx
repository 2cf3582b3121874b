/** Messages that wait, were given up, or arrived; what was given up is sent anew or thrown away. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivery, DeliveryState, SinkView } from '../../../../gateway/core/outwards.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs } from '../../state/clock.ts'
import { Failed } from '../../ui/failed.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText, dateText } from '../../ui/time.ts'
import { Ago, Table } from '../admin/table.tsx'
import { behindOthers } from './sink-state.ts'
import { useOrder } from './use-order.ts'

/** As the gateway gives them (DELIVERIES_PAGE). */
const PAGE = 200
const NONE: ReadonlySet<string> = new Set()

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
  readonly sinks: readonly SinkView[]
}

export function DeliveryTable({ kind, rows, count, from, onFrom, empty, renew, sinks }: Props) {
  const { t } = useTranslation()
  const last = kind === 'waiting' ? 'next' : 'ended'
  // Orders next to the name: in sight beside an open sink on a small screen.
  const first = ['created', 'name', ...(kind === 'dead' ? ['orders'] : []), 'number', 'event']
  const columns = [
    ...first.map(each => ({ word: t(`deliveries:${each}`) })),
    { word: t('deliveries:attempts'), right: true },
    ...['answer', last].map(each => ({ word: t(`deliveries:${each}`) }))
  ]
  const sinkOf = new Map(sinks.map(each => [each.name, each]))
  const behind = kind === 'waiting' ? behindOthers(rows) : NONE
  return (
    <Table
      {...{ title: t(`deliveries:${kind}Title`), count, columns, empty }}
      aside={count > PAGE && <Pager {...{ count, from, onFrom }} />}
    >
      {rows.map(row => (
        <DeliveryRow
          key={`${row.id} ${row.endedAtMs}`}
          {...{ row, renew, sink: sinkOf.get(row.sink), isBehind: behind.has(row.id) }}
        />
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
  readonly sink: SinkView | undefined
  readonly isBehind: boolean
}

function DeliveryRow({ row, renew, sink, isBehind }: RowProps) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const time = (ms: number) => clockText(ms, zone)
  const day = (ms: number) => dateText(ms, zone, i18n.language)
  const isOld = day(row.createdAtMs) !== day(serverNowMs())
  const answer = row.error ? t([`deliveries:error.${row.error}`, row.error]) : row.status ? `HTTP ${row.status}` : '–'
  return (
    <tr>
      <td className="n" title={row.id}>
        {isOld && `${day(row.createdAtMs)} `}
        {time(row.createdAtMs)}
      </td>
      <td>{row.sink}</td>
      {row.state === 'dead' && (
        <td>
          <DeadOrders id={row.id} renew={renew} isGone={sink?.state === 'gone'} />
        </td>
      )}
      <td className="n">{row.number || '–'}</td>
      <td>{t(`deliveries:events.${row.event}`, { place: row.contact })}</td>
      <td className="right n">{row.attempts}</td>
      <td className={row.error ? 't-amb' : ''}>{answer}</td>
      <td className="n">
        {row.state === 'waiting' ? <Next {...{ row, sink, isBehind }} /> : <Ago atMs={row.endedAtMs} />}
      </td>
    </tr>
  )
}

/** Thrown away is gone for ever: the button asks once more. */
function DeadOrders({
  id,
  renew,
  isGone
}: { readonly id: string } & Pick<RowProps, 'renew'> & { readonly isGone: boolean }) {
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

/** What it waits for: somebody's order, an earlier message, its time; else it is under way. */
function Next({ row, sink, isBehind }: Pick<RowProps, 'row' | 'sink' | 'isBehind'>) {
  const { t } = useTranslation()
  const { site } = useSession()
  const state = sink?.state ?? 'ready'
  if (state === 'paused' || state === 'disabled' || state === 'noSecret')
    return <span className="t-amb">{t(`deliveries:states.${state}`)}</span>
  if (isBehind) return <span className="m">{t('deliveries:behind')}</span>
  return row.nextAtMs ? clockText(row.nextAtMs, site?.timeZone ?? 'Asia/Shanghai') : t('deliveries:now')
}
