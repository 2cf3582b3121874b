/** What can be seen of an item at a glance: seal and hold, and where its media is missing. */
import { useTranslation } from 'react-i18next'
import type { EvidenceItem } from '../../../gateway/core/incident.ts'
import type { EvidenceRow } from '../../../gateway/core/wire.ts'
import { Chip } from '../ui/parts.tsx'
import { clockText, durationText } from '../ui/time.ts'
import './evidence.css'

export function SealMarks({ row }: { readonly row: EvidenceRow | undefined }) {
  const { t } = useTranslation()
  if (!row) return null
  return (
    <>
      {row.sealed && <Chip tone="ok">✓ {t('evidence:sealed')}</Chip>}
      {!row.sealed && row.item.state === 'ready' && <Chip>{t('evidence:sealing')}</Chip>}
      {row.held && <Chip>{t('evidence:held')}</Chip>}
      {row.deletedAtMs !== undefined && <Chip tone="amber">{t('evidence:step.deleted')}</Chip>}
    </>
  )
}

/** Of a clip that a full disk has cut: up to when it goes, and how much is not there. */
export function CutMark({ item, zone }: { readonly item: EvidenceItem; readonly zone: string }) {
  const { t } = useTranslation()
  if (!item.cut || item.actualToMs === undefined) return null
  const span = durationText(Math.max(0, item.requestedToMs - item.actualToMs), t)
  return <span className="t-amb t12">{t('floor:evidence.cut', { time: clockText(item.actualToMs, zone), span })}</span>
}

const MAX_NAMED = 3

/** A bar of the item's length with its gaps hatched, and their times; nothing where nothing is missing. */
export function GapBar({ item, zone }: { readonly item: EvidenceItem; readonly zone: string }) {
  const { t } = useTranslation()
  const fromMs = item.actualFromMs ?? item.requestedFromMs
  const toMs = item.actualToMs ?? item.requestedToMs
  const gaps = item.gaps ?? []
  const lengthMs = toMs - fromMs
  if (lengthMs <= 0 || (gaps.length === 0 && !item.gapMs)) return null
  const totalMs = item.gapMs || gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0)
  const times = gaps.slice(0, MAX_NAMED).map(gap => `${clockText(gap.fromMs, zone)}–${clockText(gap.toMs, zone)}`)
  const more = gaps.length > MAX_NAMED ? '…' : ''
  const word = t('floor:evidence.gap', { span: durationText(totalMs, t) })
  return (
    <div className="gaps row g8 t12">
      <span className="gap-bar" aria-hidden="true">
        {gaps.map(gap => (
          <i
            key={gap.fromMs}
            style={{
              left: `${((gap.fromMs - fromMs) / lengthMs) * 100}%`,
              width: `${Math.max(1, ((gap.toMs - gap.fromMs) / lengthMs) * 100)}%`
            }}
          />
        ))}
      </span>
      <span className="t-amb el">
        {word} {times.join(t('common:comma'))}
        {more}
      </span>
    </div>
  )
}
