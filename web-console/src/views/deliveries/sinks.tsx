/** Each sink with its state and what can be ordered of it. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SinkOrder, SinkView } from '../../../../gateway/core/outwards.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { Failed } from '../../ui/failed.tsx'
import { Button, Chip } from '../../ui/parts.tsx'
import { clockText } from '../../ui/time.ts'
import { Ago, Table } from '../admin/table.tsx'
import { sinkState } from './sink-state.ts'
import { useOrder } from './use-order.ts'

interface SinkTableProps {
  readonly sinks: readonly SinkView[]
  readonly renew: () => void
  readonly chosen: string | undefined
  readonly onChoose: (name: string | undefined) => void
  readonly onAdd: () => void
}

export function SinkTable({ sinks, renew, chosen, onChoose, onAdd }: SinkTableProps) {
  const { t } = useTranslation()
  const columns = [
    // Orders next to the name: in sight beside an open sink on a small screen.
    ...['name', 'orders', 'to', 'format', 'state'].map(each => ({ word: t(`deliveries:${each}`) })),
    ...['waiting', 'dead', 'delivered', 'last'].map(each => ({ word: t(`deliveries:${each}`), right: true }))
  ]
  return (
    <Table
      {...{ title: t('deliveries:sinks'), count: sinks.length, columns, empty: t('deliveries:noSinks') }}
      aside={<Button onClick={onAdd}>{t('deliveries:form.add')}</Button>}
    >
      {sinks.map(sink => (
        <SinkRow key={sink.name} {...{ sink, renew, onChoose }} isChosen={sink.name === chosen} />
      ))}
    </Table>
  )
}

interface SinkRowProps extends Pick<SinkTableProps, 'renew' | 'onChoose'> {
  readonly sink: SinkView
  readonly isChosen: boolean
}

function SinkRow({ sink, renew, onChoose, isChosen }: SinkRowProps) {
  const { t } = useTranslation()
  const { order, failed, state } = useOrder(renew)
  const send = (what: SinkOrder) => void order(`/api/sinks/${encodeURIComponent(sink.name)}/orders`, { order: what })
  const marks = [...(sink.status === 'actual' ? [] : [sink.status]), ...(sink.personal ? ['personal'] : [])]
  const acts = sink.state !== 'gone' && sink.state !== 'disabled'
  const opens = sink.origin && t(sink.origin === 'file' ? 'deliveries:form.look' : 'deliveries:form.open')
  return (
    <tr>
      <td>
        <span className="row g6">
          {sink.name}
          {sink.origin === 'file' && <Chip>{t('deliveries:form.fileMark')}</Chip>}
        </span>
      </td>
      <td>
        <span className="row g6 sink-orders">
          {opens && (
            <Button aria-expanded={isChosen} onClick={() => onChoose(isChosen ? undefined : sink.name)}>
              {opens}
            </Button>
          )}
          {acts && (
            <Button state={state} onClick={() => send(sink.state === 'paused' ? 'resume' : 'pause')}>
              {t(sink.state === 'paused' ? 'deliveries:resume' : 'deliveries:pause')}
            </Button>
          )}
          {acts && sink.dead > 0 && (
            <Button state={state} onClick={() => send('retryAll')}>
              {t('deliveries:retryAll')}
            </Button>
          )}
          {sink.dead > 0 && <DropAll count={sink.dead} state={state} onDrop={() => send('dropAll')} />}
        </span>
        <Failed code={failed} />
      </td>
      <td className="admin-detail m" title={sink.host}>
        {sink.host || '–'}
      </td>
      <td>
        <span className="row g6">
          {t(`deliveries:formats.${sink.format}`)}
          {sink.scope && <Chip>{t(`deliveries:scope.${sink.scope}`)}</Chip>}
          {marks.map(each => (
            <Chip key={each} tone="amber">
              {t(`deliveries:mark.${each}`)}
            </Chip>
          ))}
        </span>
      </td>
      <td>
        <SinkState sink={sink} />
      </td>
      <td className="right n">{sink.waiting}</td>
      <td className={sink.dead > 0 ? 'right n t-amb' : 'right n'}>{sink.dead}</td>
      <td className="right n">{sink.delivered}</td>
      <td className="right">
        <Ago atMs={sink.lastDeliveredMs} />
      </td>
    </tr>
  )
}

interface DropAllProps {
  readonly count: number
  readonly state: 'ready' | 'sending'
  readonly onDrop: () => void
}

/** Thrown away is gone for ever: the button asks once more, and says how many. */
function DropAll({ count, state, onDrop }: DropAllProps) {
  const { t } = useTranslation()
  const [sure, setSure] = useState(false)
  const press = () => {
    setSure(!sure)
    if (sure) onDrop()
  }
  return (
    <Button danger state={state} onClick={press}>
      {sure ? t('deliveries:dropAllSure', { count }) : t('deliveries:dropAll')}
    </Button>
  )
}

function SinkState({ sink }: { readonly sink: SinkView }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const how = sinkState(sink, now)
  const good = how === 'ready'
  const time = sink.retryAtMs === undefined ? '' : clockText(sink.retryAtMs, site?.timeZone ?? 'Asia/Shanghai')
  const why = sink.error && !good ? t([`deliveries:error.${sink.error}`, sink.error]) : ''
  const again = sink.state === 'open' && time ? t('deliveries:retryAt', { time }) : ''
  return (
    <>
      <span className="row g6">
        <span className={good ? 'dot' : 'dot amb'} />
        <span className={good ? '' : 't-amb'}>{t(`deliveries:states.${how}`)}</span>
      </span>
      {(why || again) && <p className="m t12 sink-why">{[why, again].filter(Boolean).join(' · ')}</p>}
    </>
  )
}
