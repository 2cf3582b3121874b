/** Refusals in the words of evidence: what the code means here, and what to do. */
import type { TFunction } from 'i18next'
import type { EvidenceItem } from '../../../gateway/core/incident.ts'
import { refusalText } from '../i18n/refusal.ts'
import { clockText, durationText } from '../ui/time.ts'
import { Refusal } from '../wire/api.ts'

/** Of an order, a cancellation, a download. */
export function exportRefusal(error: unknown, t: TFunction): string {
  if (!(error instanceof Refusal)) return refusalText(error, t)
  if (error.code === 'NOT_OWNER') return t('evidence:refused.notOwner')
  if (error.code === 'NOT_FOUND') return t('evidence:refused.gone')
  if (error.code === 'OFFLINE') return t('evidence:refused.offline')
  if (error.code === 'MEDIA_UNAVAILABLE') return t('evidence:refused.worker')
  if (error.code === 'ILLEGAL_TRANSITION' && error.detail.why === 'exportOver') return t('evidence:refused.over')
  if (error.code === 'NOT_ALLOWED' && error.detail.why === 'another time') return t('evidence:wrong.around')
  if (error.code === 'NOT_ALLOWED') return t('evidence:refused.leaderOnly')
  return refusalText(error, t)
}

/** What it is: a photo of the device, the caller's call, our call-back. */
export function evidenceKind(item: Pick<EvidenceItem, 'kind' | 'origin' | 'placed'>, t: TFunction): string {
  const kind = item.origin && item.kind === 'still' ? 'vehiclePhoto' : item.placed ? 'callBack' : item.kind
  return t(`words:evidence.${kind}`)
}

export const isPicture = ({ kind }: Pick<EvidenceItem, 'kind'>): boolean => kind === 'still' || kind === 'photo'

/** From when to when, and how long. While it is recorded its end is put off as long as it is needed: the planned one is no length. */
export function evidenceSpan(item: EvidenceItem, nowMs: number, zone: string, t: TFunction): string {
  const from = item.actualFromMs ?? item.requestedFromMs
  const to = item.actualToMs ?? item.requestedToMs
  const time = clockText(from, zone)
  if (isPicture(item)) return time
  if (item.state === 'recording' && item.kind !== 'preview')
    return t('floor:evidence.growing', { time, span: durationText(Math.max(0, nowMs - from), t) })
  return `${time}–${clockText(to, zone)} · ${durationText(to - from, t)}`
}

/** The words of a work number and name; the gateway itself is named in the language. */
export function whoText(who: string, t: TFunction): string {
  return who === 'system' ? t('words:actor.system') : who
}
