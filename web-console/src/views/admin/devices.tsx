/** Cameras, video workers and devices as the gateway sees them; trouble first. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Diagnostics } from '../../../../gateway/core/wire.ts'
import { etaText } from '../../ui/time.ts'
import { matching, troubleFirst } from './figures.ts'
import { Ago, State, Table } from './table.tsx'

export function CameraTable({ cameras }: { readonly cameras: Diagnostics['cameras'] }) {
  const { t } = useTranslation()
  const columns = [
    { word: t('admin:camera') },
    { word: t('admin:state') },
    { word: t('admin:picture') },
    { word: t('admin:rate'), right: true },
    { word: t('admin:preRoll'), right: true },
    { word: t('admin:lastFrame'), right: true },
    { word: t('admin:fault') }
  ]
  return (
    <Table title={t('admin:cameras')} count={cameras.length} columns={columns} empty={t('admin:noCameras')}>
      {troubleFirst(cameras, camera => camera.cameraId).map(camera => (
        <tr key={camera.cameraId}>
          <td>
            {camera.name} <span className="d t12 n">{camera.cameraId}</span>
          </td>
          <td>
            <State state={camera.state} word={t(`words:health.${camera.state}`)} />
          </td>
          <td className="n">
            {camera.codec ?? '–'}
            {camera.width !== undefined && ` ${camera.width}×${camera.height}`}
          </td>
          <td className="n right">
            {camera.fps !== undefined && `${Math.round(camera.fps)} fps `}
            {camera.bitrateKbps !== undefined && `${(camera.bitrateKbps / 1_000).toFixed(1)} Mbit/s`}
          </td>
          <td className="n right">{camera.preRollMs === undefined ? '–' : etaText(camera.preRollMs / 1_000, t)}</td>
          <td className="right">
            <Ago atMs={camera.lastFrameAtMs} />
          </td>
          <td className="m admin-detail" title={camera.error}>
            {camera.error ?? '–'}
            {camera.attempts ? ` · ${t('admin:attempts', { count: camera.attempts })}` : ''}
          </td>
        </tr>
      ))}
    </Table>
  )
}

export function WorkerTable({ workers }: { readonly workers: Diagnostics['workers'] }) {
  const { t } = useTranslation()
  const columns = [
    { word: t('admin:worker') },
    { word: 'PID', right: true },
    { word: t('admin:cameras'), right: true },
    { word: t('admin:memory'), right: true },
    { word: t('admin:restarts'), right: true }
  ]
  return (
    <Table title={t('admin:workers')} count={workers.length} columns={columns} empty={t('admin:noWorkers')}>
      {workers.map(worker => (
        <tr key={worker.index}>
          <td>
            <State
              state={worker.pid === undefined ? 'stopped' : 'running'}
              word={`${t('admin:worker')} ${worker.index}`}
            />
          </td>
          <td className="n right">{worker.pid ?? '–'}</td>
          <td className="n right">{worker.cameras}</td>
          <td className="n right">{worker.rssMb === undefined ? '–' : `${Math.round(worker.rssMb)} MB`}</td>
          <td className={`n right ${worker.restarts > 0 ? 't-amb' : 'd'}`}>{worker.restarts}</td>
        </tr>
      ))}
    </Table>
  )
}

/** More rows than this are counted, not drawn: a county has 30,000. */
const ROWS = 200

export function DeviceTable({ devices }: { readonly devices: Diagnostics['devices'] }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const found = troubleFirst(matching(devices, text), device => device.id)
  const columns = [
    { word: t('admin:device') },
    { word: t('admin:state') },
    { word: t('admin:model') },
    { word: t('admin:seen'), right: true }
  ]
  const filter = (
    <input
      className="admin-filter"
      value={text}
      placeholder={t('admin:filter')}
      aria-label={t('admin:filter')}
      onChange={event => setText(event.target.value)}
    />
  )
  return (
    <Table
      title={t('admin:devices')}
      count={devices.length}
      columns={columns}
      empty={t('admin:noDevices')}
      aside={filter}
    >
      {found.slice(0, ROWS).map(device => (
        <tr key={`${device.protocol} ${device.id}`}>
          <td className="n admin-detail" title={device.id}>
            {device.name} <span className={device.name ? 'd t12' : ''}>{device.id}</span>
          </td>
          <td>
            <State state={device.state} word={t([`admin:deviceState.${device.state}`, device.state])} />
            {Object.entries(device.arm ?? {}).map(([partition, arm]) => (
              <span key={partition} className="m">
                {' · '}
                {partition === '-' ? '' : `${t('admin:partition')} ${partition} `}
                {t(`admin:arm.${arm}`)}
              </span>
            ))}
          </td>
          <td className="m admin-detail" title={device.model}>
            {device.model ?? '–'}
          </td>
          <td className="right">
            <Ago atMs={device.atMs} />
          </td>
        </tr>
      ))}
      {found.length > ROWS && (
        <tr>
          <td colSpan={4} className="m">
            {t('admin:more', { n: found.length - ROWS })}
          </td>
        </tr>
      )}
    </Table>
  )
}
