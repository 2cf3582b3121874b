/** Protocol adapters and the input they had to reject, with where it came from. */
import { useTranslation } from 'react-i18next'
import type { Diagnostics } from '../../../../gateway/core/wire.ts'
import { rejectedRows, rejectedTotal } from './figures.ts'
import { Ago, State, Table } from './table.tsx'

type Adapters = Diagnostics['adapters']

export function AdapterTable({ adapters }: { readonly adapters: Adapters }) {
  const { t } = useTranslation()
  const columns = [
    { word: t('admin:adapter') },
    { word: t('admin:state') },
    { word: t('admin:endpoints') },
    { word: t('admin:accepted'), right: true },
    { word: t('admin:rejected'), right: true },
    { word: t('admin:lastSignal'), right: true },
    { word: t('admin:restarts'), right: true }
  ]
  return (
    <Table title={t('admin:adapters')} count={adapters.length} columns={columns} empty={t('admin:noAdapters')}>
      {adapters.map(adapter => (
        <tr key={adapter.name}>
          <td>
            <b>{adapter.name}</b>
          </td>
          <td>
            <State state={adapter.state} word={t(`admin:adapterState.${adapter.state}`)} />
            {adapter.error && <span className="t-amb t12">{adapter.error}</span>}
          </td>
          <td className="n">
            {adapter.endpoints.map(({ protocol, address, port }) => (
              <div key={`${protocol}${address}${port}`}>
                {protocol} {address}:{port}
              </div>
            ))}
            {adapter.endpoints.length === 0 && <span className="d">–</span>}
          </td>
          <td className="n right">{adapter.accepted.toLocaleString('en')}</td>
          <td className={`n right ${rejectedTotal(adapter) > 0 ? 't-amb' : 'd'}`}>
            {rejectedTotal(adapter).toLocaleString('en')}
          </td>
          <td className="right">
            <Ago atMs={adapter.lastSignalAtMs} />
          </td>
          <td className={`n right ${adapter.restarts > 0 ? 't-amb' : 'd'}`}>{adapter.restarts}</td>
        </tr>
      ))}
    </Table>
  )
}

export function RejectedTable({ adapters }: { readonly adapters: Adapters }) {
  const { t } = useTranslation()
  const rows = rejectedRows(adapters)
  const columns = [
    { word: t('admin:adapter') },
    { word: t('admin:reason') },
    { word: t('admin:count'), right: true },
    { word: t('admin:last'), right: true },
    { word: t('admin:origin') },
    { word: t('admin:detail') }
  ]
  return (
    <Table title={t('admin:rejectedTitle')} count={rows.length} columns={columns} empty={t('admin:noneRejected')}>
      {rows.map(row => (
        <tr key={`${row.adapter} ${row.reason}`}>
          <td>{row.adapter}</td>
          <td>
            <b>{row.reason}</b>
          </td>
          <td className="n right">{row.count.toLocaleString('en')}</td>
          <td className="right">
            <Ago atMs={row.lastAtMs} />
          </td>
          <td className="n">{row.lastOrigin}</td>
          <td className="m admin-detail" title={row.lastDetail}>
            {row.lastDetail ?? '–'}
          </td>
        </tr>
      ))}
    </Table>
  )
}
