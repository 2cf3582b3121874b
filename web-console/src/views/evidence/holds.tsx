/** 封存: what is held, by whom, on what basis and since when; leaders release with a reason. */

import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Hold, SessionUser } from '../../../../gateway/core/wire.ts'
import { ReleaseSheet } from '../../evidence/hold-sheet.tsx'
import { useSession } from '../../session.tsx'
import { Button } from '../../ui/parts.tsx'
import { usePolled } from '../../wire/use-polled.ts'
import { siteTimeText } from '../playback/site-time.ts'

const EVERY_MS = 5_000
/** Released ones are in the audit log for ever; here the last ones are enough. */
const MAX_RELEASED = 50

export function Holds({ user }: { readonly user: SessionUser }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const [holds, again] = usePolled<readonly Hold[]>('/api/holds', EVERY_MS)
  const [releasing, release] = useState<Hold>()
  const active = holds?.filter(hold => hold.releasedAtMs === undefined) ?? []
  const released = holds?.filter(hold => hold.releasedAtMs !== undefined).slice(0, MAX_RELEASED) ?? []
  return (
    <section className="ev-list" aria-label={t('evidence:tab.holds')}>
      {holds && active.length === 0 && <p className="m">{t('evidence:noHolds')}</p>}
      {active.map(hold => (
        <HoldLine key={hold.id} hold={hold} zone={zone}>
          <Button
            whyNot={user.role === 'leader' ? undefined : t('evidence:leaderReleases')}
            onClick={() => release(hold)}
          >
            {t('evidence:release')}
          </Button>
        </HoldLine>
      ))}
      {released.length > 0 && <h2 className="head">{t('evidence:released')}</h2>}
      {released.map(hold => (
        <HoldLine key={hold.id} hold={hold} zone={zone}>
          <span className="m t12 el" title={hold.releaseReason}>
            {t('evidence:releasedBy', {
              who: hold.releasedBy,
              time: siteTimeText(hold.releasedAtMs ?? 0, zone).slice(5, 16),
              reason: hold.releaseReason
            })}
          </span>
        </HoldLine>
      ))}
      {releasing && (
        <ReleaseSheet
          hold={releasing}
          name={nameOf(releasing, zone, t)}
          onClose={() => release(undefined)}
          onDone={() => {
            release(undefined)
            again()
          }}
        />
      )}
    </section>
  )
}

function nameOf(hold: Hold, zone: string, t: TFunction): string {
  const { target } = hold
  if ('incidentId' in target) return t('evidence:incidentN', { number: hold.incidentNumber })
  const from = siteTimeText(target.fromMs, zone).slice(5)
  return `${hold.cameraName ?? target.cameraId} ${from} – ${siteTimeText(target.toMs, zone).slice(5)}`
}

interface HoldLineProps {
  readonly hold: Hold
  readonly zone: string
  readonly children: React.ReactNode
}

function HoldLine({ hold, zone, children }: HoldLineProps) {
  const { t } = useTranslation()
  return (
    <article className="ev-hold panel">
      <b className="el">{nameOf(hold, zone, t)}</b>
      <div className="col g4">
        <span className="el" title={hold.basis}>
          {hold.basis}
        </span>
        <span className="m t12 el" title={hold.reason}>
          {hold.reason}
        </span>
      </div>
      <div className="col g4 t12">
        <span className="n">{siteTimeText(hold.heldAtMs, zone).slice(0, 16)}</span>
        <span className="m el">{hold.heldBy}</span>
      </div>
      {children}
    </article>
  )
}
