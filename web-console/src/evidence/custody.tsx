/** 流转记录: who did what with an item, when and why, oldest first. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EvidenceDetail } from '../../../gateway/core/wire.ts'
import { useSession } from '../session.tsx'
import { siteTimeText } from '../views/playback/site-time.ts'
import { get } from '../wire/api.ts'
import { exportRefusal, whoText } from './words.ts'
import './evidence.css'

/** `again` changes when the records may have changed. */
export function Custody({ evidenceId, again }: { readonly evidenceId: string; readonly again?: string }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const [detail, setDetail] = useState<EvidenceDetail>()
  const [error, setError] = useState<string>()
  /** The answer depends on the item alone; the rest says when to ask. */
  const when = `${evidenceId} ${again ?? ''}`
  useEffect(() => {
    let gone = false
    const [asked = ''] = when.split(' ')
    get<EvidenceDetail>(`/api/evidence/${encodeURIComponent(asked)}`).then(
      answer => {
        if (gone) return
        setDetail(answer)
        setError(undefined)
      },
      failed => gone || setError(exportRefusal(failed, t))
    )
    return () => {
      gone = true
    }
  }, [when, t])
  if (error !== undefined)
    return (
      <p className="t-red t12" role="alert">
        {error}
      </p>
    )
  if (!detail) return <div className="custody" />
  return (
    <div className="custody t12">
      <ol aria-label={t('evidence:custody')}>
        {detail.custody.map(entry => {
          const receiver = entry.detail?.receiver
          return (
            <li key={entry.seq}>
              <span className="n d">{siteTimeText(entry.atMs, zone).slice(5)}</span>
              <b className="nw">{t(`evidence:step.${entry.step}`)}</b>
              <span className="m">
                {[
                  whoText(entry.who, t),
                  entry.reason === 'alarm' ? t('evidence:byAlarm') : entry.reason,
                  typeof receiver === 'string' ? t('evidence:to', { receiver }) : receiver
                ]
                  .filter(part => part !== undefined)
                  .join(' · ')}
              </span>
            </li>
          )
        })}
      </ol>
      {detail.keptUntilMs !== undefined && detail.deletedAtMs === undefined && (
        <p className="m">
          {detail.holds.length > 0
            ? t('evidence:keptByHold')
            : t('evidence:itemKeptUntil', { time: siteTimeText(detail.keptUntilMs, zone).slice(0, 10) })}
        </p>
      )}
      {detail.deletedAtMs !== undefined && (
        <p className="t-amb">{t('evidence:deletedAt', { time: siteTimeText(detail.deletedAtMs, zone) })}</p>
      )}
    </div>
  )
}
