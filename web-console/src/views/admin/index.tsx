/** Diagnostics: how every part of the gateway is, renewed each two seconds; what needs a look stands first. */

import type { TFunction } from 'i18next'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Diagnostics } from '../../../../gateway/core/wire.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs, useNow } from '../../state/clock.ts'
import { bytesText, clockText, etaText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'
import { AdapterTable, RejectedTable } from './adapters.tsx'
import { CameraTable, DeviceTable, WorkerTable } from './devices.tsx'
import { RegistrationTable } from './registrations.tsx'
import './admin.css'

const EVERY_MS = 2_000

interface Reading {
  readonly data?: Diagnostics
  readonly atMs: number
  readonly failed?: RefusalCode
}

/** The last good reading stays on screen, with its age, while the gateway does not answer. */
function useDiagnostics(): Reading {
  const [reading, setReading] = useState<Reading>({ atMs: 0 })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const ask = async () => {
      try {
        const data = await get<Diagnostics>('/api/diagnostics')
        if (!gone) setReading({ data, atMs: serverNowMs() })
      } catch (error) {
        const failed = error instanceof Refusal ? error.code : 'UNKNOWN'
        if (!gone) setReading(before => ({ ...before, failed }))
      }
      if (!gone) timer = setTimeout(() => void ask(), EVERY_MS)
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [])
  return reading
}

export default function AdminView() {
  const { t } = useTranslation()
  const { site, user } = useSession()
  const { data, atMs, failed } = useDiagnostics()
  const time = clockText(atMs, site?.timeZone ?? 'Asia/Shanghai')
  return (
    <main className="admin">
      <TopBar />
      {failed && (
        <p className="admin-failed" role="status">
          {t([`words:error.${failed}`, 'words:error.UNKNOWN'])}
          {data && ` · ${t('admin:asOf', { time })}`}
        </p>
      )}
      {data && (
        <div className={failed ? 'admin-body stale' : 'admin-body'}>
          <Summary data={data} />
          {user?.role === 'administrator' && <RegistrationTable />}
          <div className="admin-columns">
            <div className="admin-column">
              <AdapterTable adapters={data.adapters} />
              <RejectedTable adapters={data.adapters} />
              <CameraTable cameras={data.cameras} />
            </div>
            <div className="admin-column narrow">
              <WorkerTable workers={data.workers} />
              <DeviceTable devices={data.devices} />
            </div>
          </div>
        </div>
      )}
    </main>
  )
}

function Summary({ data }: { readonly data: Diagnostics }) {
  const { t } = useTranslation()
  const now = useNow()
  const shed = Object.entries(data.shed)
  const shedTotal = shed.reduce((sum, [, count]) => sum + count, 0)
  return (
    <dl className="admin-summary">
      <Figure word={t('admin:version')}>{data.version}</Figure>
      <Figure word={t('admin:running')}>{uptime(now - data.sinceMs, t)}</Figure>
      <Figure word={t('admin:memory')}>{Math.round(data.memoryMb)} MB</Figure>
      <Figure word={t('admin:store')} tone={data.store.writable ? 't-ok' : 't-red'}>
        {t(data.store.writable ? 'admin:writable' : 'admin:unwritable')}
        {data.store.error && <span className="m t12"> {data.store.error}</span>}
      </Figure>
      <Figure word={t('admin:free')} tone={data.store.freeBytes < 1e9 ? 't-amb' : ''}>
        {data.store.freeBytes >= 1e9
          ? `${(data.store.freeBytes / 1e9).toFixed(1)} GB`
          : bytesText(data.store.freeBytes)}
      </Figure>
      <Figure word={t('admin:shed')} tone={shedTotal > 0 ? 't-amb' : ''}>
        {shedTotal}
        <span className="m t12">
          {' '}
          {shed.length === 0
            ? t('admin:shedNone')
            : shed.map(([what, count]) => `${t([`admin:shedKind.${what}`, what])} ${count}`).join(' · ')}
        </span>
      </Figure>
    </dl>
  )
}

function Figure({
  word,
  tone = '',
  children
}: {
  readonly word: string
  readonly tone?: string
  readonly children: ReactNode
}) {
  return (
    <div>
      <dt>{word}</dt>
      <dd className={`${tone} n`}>{children}</dd>
    </div>
  )
}

function uptime(ms: number, t: TFunction): string {
  const hours = Math.floor(ms / 3_600_000)
  if (hours < 1) return etaText(ms / 1_000, t)
  return t('admin:hours', { d: Math.floor(hours / 24), h: hours % 24, m: Math.floor((ms % 3_600_000) / 60_000) })
}
