/** The address of the playback page: which cameras, when, and the incident that opens them. */
import type { Incident } from '../../../../gateway/core/incident.ts'

export interface PlaybackLink {
  readonly cameras: readonly string[]
  /** UTC ms. */
  readonly atMs?: number
  /** Instead of `atMs`: so long before the page is opened. */
  readonly agoMs?: number
  readonly incidentId?: string
}

/** More pictures in step than this no seat's decoder takes. */
export const MAX_CAMERAS = 9
const ID = /^[A-Za-z0-9:._/-]{1,80}$/

/** Out of `?cameras=a,b&at=ms&incident=id`, or `ago=seconds` before `nowMs`; what is malformed is left out. */
export function readLink(search: string, nowMs: number): Omit<PlaybackLink, 'agoMs'> {
  const query = new URLSearchParams(search)
  const wanted = (query.get('cameras') ?? '').split(',').filter(each => ID.test(each))
  const ago = Number(query.get('ago'))
  const at = ago > 0 ? Math.round(nowMs - ago * 1_000) : Number(query.get('at'))
  const incident = query.get('incident') ?? ''
  return {
    cameras: [...new Set(wanted)].slice(0, MAX_CAMERAS),
    ...(Number.isSafeInteger(at) && at > 0 ? { atMs: at } : {}),
    ...(ID.test(incident) ? { incidentId: incident } : {})
  }
}

/** Of an incident the nearest cameras in step, from a little before the press. */
const NEAREST = 4
const LEAD_MS = 10_000

/** What an incident opens. */
export function linkOf(
  incident: Pick<Incident, 'id' | 'cameras' | 'openedAtMs'>
): Required<Omit<PlaybackLink, 'agoMs'>> {
  return {
    cameras: incident.cameras
      .filter(camera => !camera.vehicle)
      .slice(0, NEAREST)
      .map(camera => camera.cameraId),
    atMs: incident.openedAtMs - LEAD_MS,
    incidentId: incident.id
  }
}

/** The newest incidents with cameras, for a page that was opened without any. */
export function newest(incidents: Iterable<Incident>, count: number): readonly Incident[] {
  return [...incidents]
    .filter(each => each.cameras.length > 0)
    .sort((a, b) => b.openedAtMs - a.openedAtMs)
    .slice(0, count)
}

export function playbackPath({ cameras, atMs, agoMs, incidentId }: PlaybackLink): string {
  const query = new URLSearchParams()
  if (cameras.length > 0) query.set('cameras', cameras.join(','))
  if (atMs !== undefined) query.set('at', String(Math.round(atMs)))
  if (agoMs !== undefined) query.set('ago', String(agoMs / 1_000))
  if (incidentId !== undefined) query.set('incident', incidentId)
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text === '' ? '/playback' : `/playback?${text}`
}
