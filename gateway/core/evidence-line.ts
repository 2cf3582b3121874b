/** What the story of an incident says when recordings are ready or have failed; pure. */
import { namesAs } from './called.ts'
import type { EvidenceItem, Incident, TimelineKind } from './incident.ts'
import type { LineData } from './step.ts'

/** Several results are one line: "锁定 2 路录像，报警前 30 秒". Beginnings and stills alone are worth none. */
export function withEvidence(
  incident: Incident,
  items: readonly EvidenceItem[]
): [Partial<Incident>, TimelineKind | undefined, LineData] {
  const changed = new Set(items.map(item => item.id))
  const evidence = [...incident.evidence.filter(e => !changed.has(e.id)), ...items]
  const voice = items.find(item => item.kind === 'voice' && item.state !== 'recording')
  if (voice) return [{ evidence }, ...voiceLine(voice)]
  const clips = items.filter(item => item.kind === 'clip')
  const failed = clips.filter(item => item.state === 'failed')
  if (failed.length > 0) {
    const why = failed[0]?.failure ?? ''
    return [{ evidence }, 'evidenceFailed', { ...names(failed, evidence), kind: 'clip', count: failed.length, why }]
  }
  const photos = items.filter(
    item => (item.kind === 'photo' || (item.origin && item.kind === 'still')) && item.state === 'ready'
  )
  if (photos.length > 0)
    return [
      { evidence },
      'evidence',
      // A device's photo may have waited while the record was closed: it is kept, and the story says that it came after the end.
      {
        ...{ ...names(photos, evidence), kind: 'photo', count: photos.length },
        ...(incident.state === 'closed' ? { late: true } : {})
      }
    ]
  const ready = items.filter(item => item.state === 'ready' && item.kind !== 'still')
  const told = ready.some(item => item.kind === 'clip') ? ready.filter(item => item.kind === 'clip') : ready
  if (told.length === 0) return [{ evidence }, undefined, {}]
  const cut = told.filter(item => item.cut).length
  const preRollS = Math.min(...told.map(item => preRollOf(incident, item)))
  return [
    { evidence },
    'evidence',
    {
      ...names(told, evidence),
      kind: told[0]?.kind ?? 'clip',
      count: told.length,
      preRollS,
      ...(cut > 0 ? { cut } : {})
    }
  ]
}

/** Whole seconds of what was said, and of what was lost of it. */
function voiceLine(item: EvidenceItem): [TimelineKind, LineData] {
  const { actualFromMs = 0, actualToMs = 0, gapMs = 0 } = item
  const of = { ...names([item], []), kind: 'voice', count: 1, ...(item.placed ? { placed: true } : {}) }
  if (item.state === 'failed') {
    const lastedS = Math.round((item.requestedToMs - item.requestedFromMs) / 1000)
    return ['evidenceFailed', { ...of, why: item.failure ?? '', lastedS }]
  }
  const [seconds, gapS] = [Math.round((actualToMs - actualFromMs) / 1000), Math.round(gapMs / 100) / 10]
  return ['evidence', { ...of, preRollS: 0, seconds, gapS }]
}

/** Not of a caller, a unit or a person. */
const isOfCamera = ({ kind }: EvidenceItem): boolean => kind !== 'voice' && kind !== 'photo'

/** Two cameras of one name have their code beside it. */
const names = (items: readonly EvidenceItem[], all: readonly EvidenceItem[]) =>
  namesAs(
    'camera',
    items.map(item => {
      const { cameraName, cameraNameEn, cameraId } = item
      const other = all.find(each => each.cameraName === cameraName && each.cameraId !== cameraId)
      const isTwice = isOfCamera(item) && other !== undefined && isOfCamera(other)
      const code = isTwice ? ` ${cameraId}` : ''
      return { name: cameraName + code, ...(cameraNameEn === undefined ? {} : { nameEn: cameraNameEn + code }) }
    })
  )

/** Whole seconds of media before the alarm. */
function preRollOf(incident: Incident, item: EvidenceItem): number {
  return item.actualFromMs === undefined ? 0 : Math.max(0, Math.floor((incident.openedAtMs - item.actualFromMs) / 1000))
}
