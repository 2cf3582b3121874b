/** Cameras of one name: where two of them are in view, and only there, each has its code beside it. */
import type { EvidenceItem } from '../../../gateway/core/incident.ts'

type Made = Pick<EvidenceItem, 'cameraId' | 'cameraName' | 'kind'>

/** Callers and units have no code that says more than their name. */
const OF_CAMERA: ReadonlySet<EvidenceItem['kind']> = new Set(['clip', 'preview', 'still'])

/** The code that an item needs beside its name among these; undefined: its name says it. */
export function codesOf(all: Iterable<Made>): (item: Made) => string | undefined {
  const known = new Map<string, Set<string>>()
  for (const { cameraId, cameraName, kind } of all) {
    if (!OF_CAMERA.has(kind)) continue
    const ids = known.get(cameraName) ?? new Set()
    known.set(cameraName, ids.add(cameraId))
  }
  return ({ cameraId, cameraName, kind }) =>
    OF_CAMERA.has(kind) && (known.get(cameraName)?.size ?? 0) > 1 ? cameraId : undefined
}
