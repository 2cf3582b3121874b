/** What is filled in for an export, what is still wrong with it, and the order that it becomes; the gateway judges again. */
import type { CameraId } from '../../../gateway/core/brand.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { ExportRequest, SessionUser } from '../../../gateway/core/wire.ts'
import { parseSiteTime, siteTimeText } from '../views/playback/site-time.ts'

/** What may be exported, and how the form begins. */
export interface ExportWish {
  readonly incident: Incident | undefined
  /** Cameras whose recordings are offered. */
  readonly cameras: readonly { readonly id: string; readonly name: string }[]
  readonly chosen: readonly string[]
  /** UTC ms, of the recordings. */
  readonly fromMs: number
  readonly toMs: number
}

export interface ExportDraft {
  /** All evidence of the incident. */
  readonly items: boolean
  readonly cameras: readonly string[]
  readonly from: string
  readonly to: string
  readonly time: boolean
  readonly address: boolean
  readonly oneFile: '' | 'grid' | 'sequence'
  /** Of the one file: '' as the gateway does without a word, NO_SOUND, or a camera's id where they are side by side. */
  readonly sound: string
  readonly reason: string
  readonly receiver: string
}

/** No camera's id is like it. */
export const NO_SOUND = '-'

/** A word of `evidence:wrong`, and the field that is meant. */
export interface Problem {
  readonly field: keyof ExportDraft
  readonly word: 'nothing' | 'time' | 'order' | 'long' | 'future' | 'around' | 'tooMany' | 'reason' | 'receiver'
}

/** As the gateway bounds them (core/exporting.ts, access/export-access.ts). */
const MAX_RANGE_MS = 24 * 3_600_000
const MAX_RANGES = 16
const AROUND_MS = 3_600_000
const REASON = /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){4}/u

export function isReason(text: string): boolean {
  return REASON.test(text)
}

export function draftOf(wish: ExportWish, zone: string): ExportDraft {
  return {
    items: wish.incident !== undefined,
    cameras: wish.chosen,
    from: siteTimeText(wish.fromMs, zone),
    to: siteTimeText(wish.toMs, zone),
    time: false,
    address: false,
    oneFile: '',
    sound: '',
    reason: '',
    receiver: ''
  }
}

/** Why this person cannot export it at all: a word of `evidence:refused`. */
export function whyNotExport(
  user: SessionUser,
  incident: Incident | undefined
): 'leaderOnly' | 'notOwner' | 'notTaken' | undefined {
  if (user.role === 'leader') return undefined
  if (!incident) return 'leaderOnly'
  if (!incident.owner) return 'notTaken'
  return incident.owner.userId === user.userId ? undefined : 'notOwner'
}

/** Range of the recordings; a time that was not touched keeps its milliseconds. */
function rangeOf(draft: ExportDraft, wish: ExportWish, zone: string, nowMs: number) {
  const kept = (text: string, ms: number) => (text === siteTimeText(ms, zone) ? ms : parseSiteTime(text, zone, nowMs))
  const fromMs = kept(draft.from, wish.fromMs)
  const toMs = kept(draft.to, wish.toMs)
  return { fromMs: fromMs && Math.floor(fromMs), toMs: toMs && Math.ceil(toMs) }
}

/** The first thing that is wrong, in the order of the form. */
export function problemOf(
  draft: ExportDraft,
  wish: ExportWish,
  { zone, nowMs, anyTime }: { readonly zone: string; readonly nowMs: number; readonly anyTime: boolean }
): Problem | undefined {
  if (!draft.items && draft.cameras.length === 0) return { field: 'cameras', word: 'nothing' }
  if (draft.cameras.length > MAX_RANGES) return { field: 'cameras', word: 'tooMany' }
  if (draft.cameras.length > 0) {
    const { fromMs, toMs } = rangeOf(draft, wish, zone, nowMs)
    if (fromMs === undefined) return { field: 'from', word: 'time' }
    if (toMs === undefined) return { field: 'to', word: 'time' }
    if (toMs <= fromMs) return { field: 'to', word: 'order' }
    if (toMs - fromMs > MAX_RANGE_MS) return { field: 'to', word: 'long' }
    if (fromMs >= nowMs) return { field: 'from', word: 'future' }
    if (!anyTime && wish.incident && !isAround(wish.incident, fromMs, toMs)) return { field: 'from', word: 'around' }
  }
  if (!isReason(draft.reason)) return { field: 'reason', word: 'reason' }
  return draft.receiver.trim() === '' ? { field: 'receiver', word: 'receiver' } : undefined
}

function isAround(incident: Incident, fromMs: number, toMs: number): boolean {
  const lastMs = Math.max(incident.resolvedAtMs ?? incident.openedAtMs, ...incident.pressTimesMs)
  return fromMs >= incident.openedAtMs - AROUND_MS && toMs <= lastMs + AROUND_MS
}

/** Cameras whose sound may be chosen: those whose pictures go out. */
export function soundChoices(draft: ExportDraft, wish: ExportWish): ExportWish['cameras'] {
  const names = new Map<string, string>()
  if (draft.items)
    for (const { kind, state, cameraId, cameraName } of wish.incident?.evidence ?? [])
      if (kind !== 'still' && kind !== 'voice' && kind !== 'photo' && state === 'ready') names.set(cameraId, cameraName)
  for (const { id, name } of wish.cameras) if (draft.cameras.includes(id)) names.set(id, name)
  return [...names].map(([id, name]) => ({ id, name }))
}

function soundOf(draft: ExportDraft, wish: ExportWish): Pick<ExportRequest, 'oneFileSound'> {
  if (draft.oneFile === '') return {}
  if (draft.sound === NO_SOUND) return { oneFileSound: 'none' }
  const chosen = draft.oneFile === 'grid' && soundChoices(draft, wish).some(camera => camera.id === draft.sound)
  return chosen ? { oneFileSound: { cameraId: draft.sound as CameraId } } : {}
}

/** Undefined while something is wrong. `bound`: the incident is named even without its evidence, as the right to export hangs on it. */
export function requestOf(
  draft: ExportDraft,
  wish: ExportWish,
  zone: string,
  nowMs: number,
  bound: boolean
): ExportRequest | undefined {
  const { fromMs, toMs } = rangeOf(draft, wish, zone, nowMs)
  const { time, address, oneFile } = draft
  if (draft.cameras.length > 0 && (fromMs === undefined || toMs === undefined)) return undefined
  const ranges = draft.cameras.map(cameraId => ({
    cameraId: cameraId as CameraId,
    fromMs: fromMs ?? 0,
    toMs: toMs ?? 0
  }))
  return {
    ...(wish.incident && (draft.items || bound) ? { incidentId: wish.incident.id } : {}),
    ...(ranges.length > 0 ? { ranges } : {}),
    ...(time || address ? { burnIn: { time, address } } : {}),
    ...(oneFile === '' ? {} : { oneFile }),
    ...soundOf(draft, wish),
    reason: draft.reason.trim(),
    receiver: draft.receiver.trim()
  }
}
