/** A report that was begun and not sent 上报情况: an order that takes the screen and a reload lose none of it. Pure. */
import type { SituationCommand, SituationKind } from '../../../../gateway/core/situation.ts'

/** What hurts first, in the order of the video patrol. */
export const SITUATION_KINDS: readonly SituationKind[] = ['fight', 'fire', 'accident', 'fallen', 'hazard', 'other']

export interface SituationDraft {
  /** Of the report to be: its photo waits under it, and it is told once under it however often it is sent. */
  readonly id: string
  readonly what?: SituationKind
  readonly text: string
  readonly photo: boolean
  /** When it was begun, UTC ms. */
  readonly atMs: number
  /** Of the phone when it was begun, WGS-84: with an order in between it is sent from somewhere else. */
  readonly place?: { readonly lat: number; readonly lon: number }
}

/** What was seen longer ago is told by voice, ms; so old are the drafts of orders at most, too. */
const OLDEST_MS = 24 * 3_600_000
/** Until then whoever reports stands where it was begun, ms. */
const HERE_MS = 60_000

export const isBegun = ({ what, text, photo }: SituationDraft): boolean =>
  what !== undefined || text.trim() !== '' || photo

/** Whatever was kept; what is no draft, or too old, is nothing, never an error. */
export function readSituation(text: string | null, nowMs: number): SituationDraft | undefined {
  try {
    const raw = JSON.parse(text ?? 'null') as unknown
    return isDraft(raw) && isBegun(raw) && nowMs - raw.atMs <= OLDEST_MS ? raw : undefined
  } catch {
    return undefined
  }
}

/** True when it is reported of the place where it was begun, no longer of where the phone is. */
export const isElsewhere = ({ place, atMs }: SituationDraft, nowMs: number): boolean =>
  place !== undefined && nowMs - atMs > HERE_MS

/** As it is sent; undefined until it is said what it is. `here`: where the phone is now. */
export function situationOf(
  draft: SituationDraft,
  here: SituationDraft['place'],
  nowMs: number
): SituationCommand | undefined {
  const { id, what, text, photo } = draft
  if (what === undefined) return undefined
  const place = isElsewhere(draft, nowMs) ? draft.place : (here ?? draft.place)
  return {
    kind: 'situation',
    ...{ id, what, text: text.trim() },
    ...(place ? { place } : {}),
    ...(photo ? { photo: true } : {})
  }
}

function isDraft(raw: unknown): raw is SituationDraft {
  const each = raw as Partial<Record<keyof SituationDraft, unknown>> | null
  if (typeof each !== 'object' || !each) return false
  if (typeof each.id !== 'string' || typeof each.text !== 'string' || typeof each.atMs !== 'number') return false
  const isKind = each.what === undefined || SITUATION_KINDS.some(kind => kind === each.what)
  return isKind && typeof each.photo === 'boolean' && isPlace(each.place)
}

function isPlace(raw: unknown): boolean {
  if (raw === undefined) return true
  const place = raw as Partial<Record<'lat' | 'lon', unknown>> | null
  return typeof place === 'object' && typeof place?.lat === 'number' && typeof place.lon === 'number'
}
